package dev.heartbeat.examples;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Request;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Everybody asks everybody: a node the server, the server a node, a node another; with no channel
 * of their own, and on one.
 */
public final class RequestReply {
    private static final Duration SOON = Duration.ofSeconds(5);

    private RequestReply() {}

    /** Asks five questions, prints the answers, and ends. */
    public static void main(String[] args) {
        try (HeartbeatServer server = HeartbeatServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .onRequest((from, request) -> answer("server", request))
                        .channel("questions", channel -> new Answers("server"))
                        // Which nodes may talk to which is for the server to say.
                        .routes((from, to) -> true)
                        .start();
                HeartbeatClient ann = newNode("ann", server);
                HeartbeatClient ben = newNode("ben", server)) {
            print(
                    "a node asks the server",
                    ann.request(text("who are you?"), SOON).join());
            print(
                    "the server asks a node",
                    server.request("ben", text("who are you?"), SOON).join());
            print(
                    "a node asks a node",
                    ben.request("ann", text("who are you?"), SOON).join());

            Channel toServer = ann.openChannel("questions", ChannelOptions.defaults(), new ChannelListener() {});
            print(
                    "a node on a channel",
                    toServer.request(text("and here?"), SOON).join());
            Channel toBen = server.openChannel("ben", "questions", ChannelOptions.defaults(), new ChannelListener() {});
            print(
                    "the server on a channel",
                    toBen.request(text("and here?"), SOON).join());
        }
    }

    private static HeartbeatClient newNode(String id, HeartbeatServer server) {
        HeartbeatClient node = HeartbeatClient.builder()
                .server("127.0.0.1", server.localAddress().getPort())
                .nodeId(id)
                .onRequest(request -> answer(id, request))
                .channel("questions", channel -> new Answers(id))
                .connect();
        node.registered().join();
        return node;
    }

    /** Hears of a channel and answers what is asked on it. */
    private record Answers(String who) implements ChannelListener {
        @Override
        public void onRequest(Channel channel, Request request) {
            answer(who, request);
        }
    }

    private static void answer(String who, Request request) {
        String asker = request.source() == null ? "" : request.source() + ", ";
        request.reply(text(asker + "I am " + who));
    }

    private static void print(String what, ByteBuffer reply) {
        System.out.println(what + ": " + StandardCharsets.UTF_8.decode(reply));
    }

    private static ByteBuffer text(String text) {
        return StandardCharsets.UTF_8.encode(text);
    }
}
