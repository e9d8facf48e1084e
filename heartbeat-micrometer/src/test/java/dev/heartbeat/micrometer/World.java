package dev.heartbeat.micrometer;

import dev.heartbeat.ChannelListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A simulated network with a server: interval 1 s, timeout and grace 3 s. */
final class World {
    static final int PORT = 9501;

    final Simulation simulation;
    final Host host;
    final HeartbeatServer server;

    World(long seed, UnaryOperator<HeartbeatServer.Builder> options) {
        simulation = new Simulation(seed);
        host = simulation.newHost("server", 2);
        server = options.apply(newServer(host)).start();
    }

    World(long seed) {
        this(seed, options -> options);
    }

    static HeartbeatServer.Builder newServer(Host host) {
        return HeartbeatServer.builder()
                .port(PORT)
                .heartbeatInterval(Duration.ofSeconds(1))
                .suspectAfter(Duration.ofMillis(2500))
                .heartbeatTimeout(Duration.ofSeconds(3))
                .channel("news", channel -> new ChannelListener() {})
                .transport(host.transport());
    }

    /** A client on a host of its own, registered. */
    HeartbeatClient client(String id) {
        return client(id, simulation.newHost(id));
    }

    HeartbeatClient client(String id, Host on) {
        HeartbeatClient client = HeartbeatClient.builder()
                .server(host.address(), PORT)
                .nodeId(id)
                .transport(on.transport())
                .connect();
        simulation.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    void advance(Duration duration) {
        simulation.advance(duration);
    }
}
