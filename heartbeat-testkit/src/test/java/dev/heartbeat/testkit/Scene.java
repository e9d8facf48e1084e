package dev.heartbeat.testkit;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelAcceptor;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.LivenessStats;
import dev.heartbeat.MessageStats;
import dev.heartbeat.Node;
import dev.heartbeat.NodeGroups;
import dev.heartbeat.NodeRegistry;
import dev.heartbeat.OverloadStats;
import dev.heartbeat.Request;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A bus at some point of its life, and everything of it that an application may hold then. Two
 * scenes of the same stage are the same, to the last event.
 */
final class Scene {
    /**
     * The most messages that may wait, and requests that may be unanswered; few, so that a lost one
     * is missed.
     */
    private static final int PLACES = 4;

    private static final Duration LONG = Duration.ofSeconds(100);

    /** The progress. */
    enum Stage {
        /** The client has been started, and nothing has happened. */
        BEFORE_CONNECTING,
        /** Everything is registered and open, and requests wait for their answers on all ways. */
        REGISTERED,
        /** The network is gone, and the server suspects the client. */
        SUSPECT,
        /** The client and the server are closed. */
        CLOSED
    }

    /**
     * Something that an application holds.
     *
     * @param type how it knows it
     */
    record Held(String what, Class<?> type, Object it) {}

    final Simulation world = new Simulation(7);
    final HeartbeatServer server;
    final HeartbeatClient client;
    private final Host clientHost = world.newHost("client");
    private final List<Held> held = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final List<Channel> channels = new ArrayList<>();
    private final List<CompletableFuture<?>> asked = new ArrayList<>();

    Scene(Stage stage) {
        Host serverHost = world.newHost("server");
        ChannelOptions pull = ChannelOptions.builder()
                .queueMessages(PLACES)
                .queueBytes(1 << 20)
                .delivery(Delivery.PULL)
                .build();
        ChannelOptions push = ChannelOptions.builder()
                .queueMessages(PLACES)
                .queueBytes(1 << 20)
                .build();
        server = HeartbeatServer.builder()
                .port(9501)
                .heartbeatInterval(Duration.ofSeconds(1))
                .heartbeatTimeout(Duration.ofSeconds(6))
                .channelQueueMessages(PLACES)
                .maxGroupPolicies(1)
                .transport(serverHost.transport())
                .onRequest((from, request) -> hold("request to server", Request.class, request))
                .routes((from, to) -> true)
                .channel("pull", pull, acceptor("server's"))
                .channel("push", push, acceptor("server's"))
                .start();
        client = HeartbeatClient.builder()
                .server(serverHost.address(), 9501)
                .nodeId("n1")
                .queueMessages(PLACES)
                .queueBytes(1 << 20)
                .transport(clientHost.transport())
                .onRequest(request -> hold("request to client", Request.class, request))
                .channel("pull", pull, acceptor("client's"))
                .channel("push", push, acceptor("client's"))
                .connect();
        AttachedNode attached = client.attach("n2", Map.of("group", "red"), new AttachedNodeListener() {
            @Override
            public void onRequest(Request request) {
                hold("request to attached node", Request.class, request);
            }
        });
        hold("server", HeartbeatServer.class, server);
        hold("client", HeartbeatClient.class, client);
        hold("attached node", AttachedNode.class, attached);
        hold("registry", NodeRegistry.class, server.nodes());
        hold("groups", NodeGroups.class, server.groups());
        hold("server's liveness", LivenessStats.class, server.stats().liveness());
        hold("server's overload", OverloadStats.class, server.stats().overload());
        hold("server's messages", MessageStats.class, server.stats().messages());
        hold("transport", Transport.class, clientHost.transport());
        hold("loop", EventLoop.class, clientHost.transport().eventLoops().get(0));
        opened("client's pull", client.openChannel("pull", pull, new Listening()));
        opened("client's push", client.openChannel("push", push, new Listening()));
        opened("attached node's push", attached.openChannel("push", push, new Listening()));
        if (stage == Stage.BEFORE_CONNECTING) {
            return;
        }
        world.advance(Duration.ofSeconds(1));
        opened("server's pull", server.openChannel("n1", "pull", pull, new Listening()));
        opened("server's push", server.openChannel("n2", "push", push, new Listening()));
        world.advance(Duration.ofSeconds(1));
        askOnAllWays(attached);
        world.advance(Duration.ofSeconds(1));
        if (stage == Stage.SUSPECT) {
            world.isolate(clientHost);
            world.advance(Duration.ofMillis(5500));
        } else if (stage == Stage.CLOSED) {
            asked.add(client.closeAsync());
            asked.add(server.closeAsync());
            world.advance(Duration.ofSeconds(20));
        }
    }

    private ChannelAcceptor acceptor(String whose) {
        return channel -> {
            opened(whose + " offered " + channel.name(), channel);
            return new Listening();
        };
    }

    private final class Listening implements ChannelListener {
        @Override
        public void onRequest(Channel channel, Request request) {
            hold("request on " + channel.name(), Request.class, request);
        }
    }

    private void opened(String what, Channel channel) {
        hold(what, Channel.class, channel);
        channels.add(channel);
    }

    private void hold(String what, Class<?> type, Object it) {
        held.add(new Held(what, type, it));
        if (it instanceof Request request) {
            requests.add(request);
        }
    }

    private void askOnAllWays(AttachedNode attached) {
        asked.add(server.request("n1", bytes(), LONG));
        asked.add(server.request("n2", bytes(), LONG));
        asked.add(client.request(bytes(), LONG));
        asked.add(client.request("n2", bytes(), LONG));
        asked.add(attached.request(bytes(), LONG));
        channels.forEach(channel -> asked.add(channel.request(bytes(), LONG)));
    }

    private static ByteBuffer bytes() {
        return ByteBuffer.allocate(8);
    }

    List<Held> held() {
        return List.copyOf(held);
    }

    /** Lets it go on, uses every place there is, and returns all that came of it. */
    String restOfItsLife() {
        StringBuilder told = new StringBuilder();
        world.healAll();
        requests.forEach(request -> told.append(request.reply(bytes())).append('\n'));
        world.advance(Duration.ofSeconds(5));
        for (int i = 0; i <= PLACES; i++) {
            asked.add(server.send("n1", bytes()));
            asked.add(server.request("n1", bytes(), Duration.ofMillis(700)));
            asked.add(server.request("n2", bytes(), Duration.ofMillis(700)));
            asked.add(client.request(bytes(), Duration.ofMillis(700)));
            asked.add(client.request("n2", bytes(), Duration.ofMillis(700)));
            channels.forEach(channel -> asked.add(channel.request(bytes(), Duration.ofMillis(700))));
        }
        world.advance(Duration.ofSeconds(30));
        told.append(server.stats()).append('\n').append(client.stats()).append('\n');
        told.append(server.nodes().stream().map(Node::toString).sorted().toList());
        for (CompletableFuture<?> future : asked) {
            told.append('\n')
                    .append(future.handle((result, failure) -> failure == null ? "done" : failure.toString())
                            .getNow("pending"));
        }
        channels.forEach(
                channel -> told.append('\n').append(channel).append(' ').append(channel.state()));
        told.append('\n').append(world.escaped());
        return told.append('\n').append(world.traceHash()).toString();
    }
}
