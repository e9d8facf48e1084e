package dev.heartbeat.examples;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.SendResult;
import dev.heartbeat.nio.NioTransport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Many clients in one process: they share a transport, so its threads are as many as the cores,
 * however many they are.
 */
public final class MultiClient {
    private final LongAdder received = new LongAdder();
    private final List<HeartbeatClient> clients = new ArrayList<>();
    private final List<Channel> channels = new ArrayList<>();
    private long sent;
    private long full;

    private MultiClient() {}

    /** Runs so many clients (100) for so many seconds (5), and ends. */
    public static void main(String[] args) throws InterruptedException {
        int clients = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        new MultiClient().run(clients, seconds);
    }

    private void run(int count, int seconds) throws InterruptedException {
        try (HeartbeatServer server = newServer();
                NioTransport transport = NioTransport.start()) {
            for (int i = 0; i < count; i++) {
                connect("client-" + i, server, transport);
            }
            channels.forEach(channel -> channel.opened().join());
            for (int second = 1; second <= seconds; second++) {
                sendForASecond();
                System.out.printf(
                        "second %d: %d nodes, %d channels, sent %d, full %d, received %d%n",
                        second, server.nodes().size(), channels.size(), sent, full, received.sum());
            }
            clients.stream().map(HeartbeatClient::closeAsync).toList().forEach(closed -> closed.join());
            System.out.println("sent " + sent + ", received " + received.sum());
        }
    }

    private HeartbeatServer newServer() {
        ChannelListener counting = new ChannelListener() {
            @Override
            public void onMessage(Channel channel, ByteBuffer message) {
                received.increment();
            }
        };
        return HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .channel("news", channel -> counting)
                .channel("work", channel -> counting)
                .start();
    }

    private void connect(String id, HeartbeatServer server, NioTransport transport) {
        HeartbeatClient client = HeartbeatClient.builder()
                .server("127.0.0.1", server.localAddress().getPort())
                .nodeId(id)
                .transport(transport)
                .connect();
        clients.add(client);
        channels.add(client.openChannel("news", ChannelOptions.defaults(), new ChannelListener() {}));
        channels.add(client.openChannel("work", ChannelOptions.defaults(), new ChannelListener() {}));
    }

    /** A message on each channel, fifty times. */
    private void sendForASecond() throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            for (Channel channel : channels) {
                if (channel.trySend(StandardCharsets.UTF_8.encode("hello")) == SendResult.ACCEPTED) {
                    sent++;
                } else {
                    full++;
                }
            }
            Thread.sleep(20);
        }
    }
}
