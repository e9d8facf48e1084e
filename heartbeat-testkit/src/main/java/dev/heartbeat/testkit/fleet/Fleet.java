package dev.heartbeat.testkit.fleet;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server and its nodes, with the books that are kept of them. */
final class Fleet implements NodeListener {
    static final int PORT = 9501;
    static final int LOOPS = 2;

    /** Of the server. */
    record Options(Duration interval, Duration suspectAfter, Duration timeout, Duration grace, Duration guardHold) {}

    private final Simulation simulation;
    private final Options options;
    private final Host serverHost;
    private final Census census;
    private final FrameTrail.Tail tail = new FrameTrail.Tail();
    private final Ledger toServer = new Ledger("node to server");
    private final Ledger toNodes = new Ledger("server to node");
    private final List<Member> members = new ArrayList<>();
    private final Map<String, Integer> losses = new HashMap<>();

    private HeartbeatServer server;
    private boolean throwing;
    private @Nullable Violation violation;
    private long heartbeatsOfDeadServers;

    Fleet(Simulation simulation, Options options, int size) {
        this.simulation = simulation;
        this.options = options;
        serverHost = simulation.newHost("server", LOOPS);
        census = new Census(
                new Census.Timing(
                        options.suspectAfter.toNanos(),
                        options.timeout.toNanos(),
                        options.grace.toNanos(),
                        options.guardHold.plusSeconds(10).toNanos()),
                serverHost,
                LOOPS,
                tail);
        simulation.tap(census);
        server = startServer();
        for (int i = 0; i < size; i++) {
            add("n" + i).start();
        }
    }

    /** Another host that claims this id. */
    Member add(String id) {
        Member member = new Member(this, id, simulation.newHost("host" + members.size()));
        members.add(member);
        return member;
    }

    private HeartbeatServer startServer() {
        return HeartbeatServer.builder()
                .port(PORT)
                .heartbeatInterval(options.interval)
                .suspectAfter(options.suspectAfter)
                .heartbeatTimeout(options.timeout)
                .grace(options.grace)
                .massGuard(0.3, 5, options.guardHold)
                .listener(this)
                .onMessage(this::onMessage)
                .transport(serverHost.transport())
                .start();
    }

    void crashServer() {
        heartbeatsOfDeadServers += server.stats().heartbeats();
        serverHost.crash();
        census.serverRestarted();
        toNodes.forgetAllOpen();
        members.forEach(member -> connectionLost(member.id()));
    }

    void restartServer() {
        serverHost.restart();
        server = startServer();
    }

    /** Whether the server's application could do something now. */
    boolean isServerAwake() {
        return serverHost.isRunning() && !serverHost.isPaused();
    }

    void send(Member to, int padding) {
        ByteBuffer message = toNodes.next(to.id(), padding);
        if (server.trySend(to.id(), message) == SendResult.ACCEPTED) {
            toNodes.accepted(to.id(), losses.getOrDefault(to.id(), 0));
        }
    }

    void connectionLost(String id) {
        losses.merge(id, 1, Integer::sum);
    }

    void throwInCallbacks(boolean on) {
        throwing = on;
    }

    // ---- what the server tells

    @Override
    public void onOnline(Node node) {
        observe(() -> census.online(node));
        throwIfPlanted();
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        observe(() -> census.suspect(node, reason));
        connectionLost(node.id());
        throwIfPlanted();
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        observe(() -> census.offline(node, reason));
        connectionLost(node.id());
        throwIfPlanted();
    }

    @Override
    public void onUndelivered(Node node, ByteBuffer message) {
        observe(() -> toNodes.undelivered(message));
    }

    private void onMessage(Node from, ByteBuffer message) {
        if (members.stream().anyMatch(member -> member.id().equals(from.id()))) {
            observe(() -> toServer.delivered(from.id(), "server", message));
        } // Else it is a stranger's, who may say what he likes.
        throwIfPlanted();
    }

    private void throwIfPlanted() {
        if (throwing) {
            throw new PlantedException();
        }
    }

    /** What a careless application might throw. */
    static final class PlantedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PlantedException() {
            super("planted", null, false, false);
        }
    }

    // ---- checks

    /** What is seen from within a callback, whose exceptions the bus keeps to itself. */
    void observe(Runnable judgement) {
        try {
            judgement.run();
        } catch (Violation seen) {
            if (violation == null) {
                violation = seen;
            }
        }
    }

    void check() {
        if (violation != null) {
            throw violation;
        }
        if (server.stats().massGuardEngaged()) {
            census.guardHolds();
        }
        census.checkDetection();
    }

    /** After everything has been healed and has had its time. */
    void checkRecovered() {
        for (Member member : members) {
            if (!member.isClosed() && !member.isOnline()) {
                throw new Violation("I17 everybody comes back", member + " is not online");
            }
            if (!member.isClosed() && !census.isOnline(member.id())) {
                throw new Violation("I17 everybody comes back", member + " was not told to be online");
            }
        }
        requireCount(NodeState.ONLINE);
        requireCount(NodeState.SUSPECT);
        requireCount(NodeState.OFFLINE);
        long named = server.nodes().stream().count();
        if (named != server.nodes().size()) {
            throw new Violation(
                    "I10 counts agree",
                    "the registry streams " + named + " nodes and counts "
                            + server.nodes().size());
        }
    }

    private void requireCount(NodeState state) {
        long counted = server.nodes().count(state);
        if (counted != census.count(state)) {
            throw new Violation(
                    "I10 counts agree",
                    counted + " nodes are counted " + state + ", the events have " + census.count(state));
        }
    }

    void checkSettled() {
        for (Member member : members) {
            if (!member.isClosed()) {
                member.checkSettled();
            }
            toNodes.checkSettled(member.id(), losses.getOrDefault(member.id(), 0));
        }
    }

    void checkEmpty() {
        long left = server.stats().connections() + server.nodes().size() + serverHost.connections();
        if (left != 0) {
            throw new Violation(
                    "I10 nothing is left after the end", server.stats() + ", " + serverHost.connections() + " sockets");
        }
    }

    // ---- parts

    Simulation simulation() {
        return simulation;
    }

    Host serverHost() {
        return serverHost;
    }

    HeartbeatServer server() {
        return server;
    }

    Census census() {
        return census;
    }

    Ledger toServer() {
        return toServer;
    }

    Ledger toNodes() {
        return toNodes;
    }

    List<Member> members() {
        return members;
    }

    List<String> lastFrames() {
        return tail.lines();
    }

    long heartbeats() {
        return heartbeatsOfDeadServers + server.stats().heartbeats();
    }
}
