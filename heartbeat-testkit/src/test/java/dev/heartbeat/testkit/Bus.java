package dev.heartbeat.testkit;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A server on a host of its own, in a new world: interval 1 s, suspect after 2.5 s, timeout and
 * grace 3 s.
 */
public final class Bus {
    public static final Duration INTERVAL = Duration.ofSeconds(1);
    public static final Duration SUSPECT = Duration.ofMillis(2500);
    public static final Duration TIMEOUT = Duration.ofSeconds(3);
    /** The tolerance of a verdict: a tick of the wheel, and the latency. */
    public static final Duration TOLERANCE = Duration.ofMillis(25);

    public final Simulation world;
    public final Host serverHost;
    public final Recorder told;
    public final HeartbeatServer server;

    public Bus(long seed) {
        this(seed, 2, options -> options);
    }

    public Bus(long seed, int loops, UnaryOperator<HeartbeatServer.Builder> options) {
        this(seed, loops, host -> {}, options);
    }

    /**
     * @param prepare does to the server's host what must be done before the server starts
     */
    public Bus(long seed, int loops, Consumer<Host> prepare, UnaryOperator<HeartbeatServer.Builder> options) {
        world = new Simulation(seed);
        serverHost = world.newHost("server", loops);
        prepare.accept(serverHost);
        told = new Recorder(world);
        server = options.apply(serverBuilder()).port(0).start();
    }

    private HeartbeatServer.Builder serverBuilder() {
        return HeartbeatServer.builder()
                .heartbeatInterval(INTERVAL)
                .suspectAfter(SUSPECT)
                .heartbeatTimeout(TIMEOUT)
                .listener(told)
                .onMessage(told)
                .transport(serverHost.transport());
    }

    /** A client on this host, not yet connected. */
    public HeartbeatClient.Builder client(Host host, String id) {
        return HeartbeatClient.builder()
                .server(serverHost.address(), server.localAddress().getPort())
                .nodeId(id)
                .transport(host.transport());
    }

    /** A host with one client that is registered. */
    public Host newNode(String id) {
        Host host = world.newHost("client");
        HeartbeatClient client = client(host, id).connect();
        world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return host;
    }

    public void advance(Duration duration) {
        world.advance(duration);
    }
}
