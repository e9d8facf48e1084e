package dev.heartbeat.cli;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.bench.Progress;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A fleet of any size in a simulated network that has no faults, and what it costs to simulate.
 * Real server, real clients, real frames. An oracle follows each {@value #SAMPLE}th node, of which
 * every heartbeat must be answered; and nobody at all may be suspected.
 */
final class CalmFleet implements NodeListener {
    static final int SAMPLE = 64;

    /** The parts in which the measured time passes. */
    private static final int PARTS = 20;

    /** What is reported: the connects, and each part. */
    static final int STEPS = 1 + PARTS;

    private static final int SEED = 1;
    private static final int SERVER_LOOPS = 2;
    /** As many as have ports on one host. */
    private static final int NODES_OF_A_HOST = 10_000;

    private static final int CONNECTS_AT_ONCE = 1_000;
    private static final Duration BETWEEN_CONNECTS = Duration.ofMillis(10);
    private static final Duration REGISTRATION = Duration.ofMinutes(1);

    private final Simulation simulation = new Simulation(SEED);
    private final Host serverHost = simulation.newHost("server", SERVER_LOOPS);
    private final HeartbeatServer server;
    private final List<Sampled> sample = new ArrayList<>();
    private final int nodes;
    private final Duration interval;
    private final HeapMeter heap = new HeapMeter();

    private volatile @Nullable String violation;
    private volatile Result soFar;

    CalmFleet(int nodes, Duration interval) {
        this.nodes = nodes;
        this.interval = interval;
        soFar = new Result(nodes, interval, Duration.ZERO, 0, 0, Duration.ZERO, 0, 0, null);
        server = HeartbeatServer.builder()
                .port(0)
                .heartbeatInterval(interval)
                .suspectAfter(interval.multipliedBy(5).dividedBy(2))
                .heartbeatTimeout(interval.multipliedBy(3))
                .listener(this)
                .transport(serverHost.transport())
                .start();
    }

    /**
     * The measurements.
     *
     * @param cpu of the one thread that all of it runs on
     * @param bytesPerNode heap that a node costs, both sides and the network between them
     * @param sampled nodes that the oracle followed
     * @param violation what the oracle saw that must not be; null if nothing
     */
    record Result(
            int nodes,
            Duration interval,
            Duration simulated,
            long heartbeats,
            long events,
            Duration cpu,
            long bytesPerNode,
            int sampled,
            @Nullable String violation) {

        double heartbeatsPerCpuSecond() {
            return heartbeats * 1e9 / Math.max(1, cpu.toNanos());
        }
    }

    /** What was measured by now; nothing before all are connected. Any thread. */
    Result soFar() {
        return soFar;
    }

    /**
     * Connects all of them, lets them beat for a while, and then measures for {@code duration};
     * reports {@value #STEPS} steps.
     */
    Result run(Duration duration, Progress progress) {
        progress.step("nodes connect");
        connect();
        simulation.advance(interval.multipliedBy(2));
        heap.bytesPerNode(nodes);
        Long bytesPerNode = heap.bytesPerNode(nodes);

        sample.forEach(node -> node.answers = 0);
        long heartbeatsBefore = server.stats().liveness().heartbeats();
        long eventsBefore = simulation.eventsRun();
        long cpuBefore = cpuNs();
        Duration simulated = Duration.ZERO;
        for (int part = 1; part <= PARTS; part++) {
            progress.step(String.format(Locale.ROOT, "%,d s simulated", simulated.toSeconds()));
            Duration until = duration.multipliedBy(part).dividedBy(PARTS);
            simulation.advance(until.minus(simulated));
            simulated = until;
            Duration cpu = Duration.ofNanos(cpuNs() - cpuBefore);
            long heartbeats = server.stats().liveness().heartbeats() - heartbeatsBefore;
            if (part == PARTS) {
                check(duration, heartbeats);
            }
            soFar = new Result(
                    nodes,
                    interval,
                    simulated,
                    heartbeats,
                    simulation.eventsRun() - eventsBefore,
                    cpu,
                    bytesPerNode == null ? 0 : bytesPerNode,
                    sample.size(),
                    violation);
        }
        return soFar;
    }

    private void connect() {
        Host host = serverHost;
        for (int i = 0; i < nodes; i++) {
            if (i % NODES_OF_A_HOST == 0) {
                host = simulation.newHost("clients" + i / NODES_OF_A_HOST);
            }
            HeartbeatClient.Builder client = HeartbeatClient.builder()
                    .server(serverHost.address(), server.localAddress().getPort())
                    .nodeId("node" + i)
                    .transport(host.transport());
            if (i % SAMPLE == 0) {
                Sampled node = new Sampled("node" + i);
                sample.add(node);
                client.listener(node);
            }
            client.connect();
            if (i % CONNECTS_AT_ONCE == 0) {
                simulation.advance(BETWEEN_CONNECTS);
            }
        }
        simulation.advanceUntil(() -> server.nodes().count(NodeState.ONLINE) == nodes, REGISTRATION);
    }

    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    // ---- the oracle

    private void check(Duration duration, long heartbeats) {
        long intervals = duration.dividedBy(interval);
        if (Math.abs(heartbeats - intervals * nodes) > nodes) {
            broken(heartbeats + " heartbeats, and " + intervals + " intervals of " + nodes + " nodes passed");
        }
        if (server.nodes().count(NodeState.ONLINE) != nodes) {
            broken(server.nodes().count(NodeState.ONLINE) + " nodes are ONLINE of " + nodes);
        }
        // Two may fall to either side of each end, as each is shifted a little.
        sample.stream()
                .filter(node -> Math.abs(node.answers - intervals) > 2)
                .forEach(node -> broken(node.id + " had " + node.answers + " answers in " + intervals + " intervals"));
    }

    private void broken(String what) {
        if (violation == null) {
            violation = what;
        }
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        broken(node.id() + " is SUSPECT: " + reason);
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        broken(node.id() + " is OFFLINE: " + reason);
    }

    /** A node whose every heartbeat must be answered. */
    private final class Sampled implements ClientListener {
        private final String id;
        private long answers;

        Sampled(String id) {
            this.id = id;
        }

        @Override
        public void onHeartbeat(Duration roundTrip) {
            answers++;
        }

        @Override
        public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
            broken(id + " was disconnected: " + reason);
        }
    }
}
