package dev.heartbeat.testkit.fleet;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.ServerStats;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server and its nodes, with the books that are kept of them. */
final class Fleet implements NodeListener {
    static final int PORT = 9501;
    static final int LOOPS = 2;

    /** The server's options. */
    record Options(
            Duration interval,
            Duration suspectAfter,
            Duration timeout,
            Duration grace,
            Duration guardHold,
            int ackEvery,
            Duration offlineRetention,
            int offlineMaximum,
            int windowBytes,
            int queueMessages,
            int queueBytes,
            int maxMessageBytes,
            int inboundBudgetBytes) {

        /** After how much silence of its server a client gives it up. */
        Duration clientTimeout() {
            Duration answers = interval.multipliedBy(ackEvery == 1 ? 0 : ackEvery + 2L);
            return answers.compareTo(timeout) > 0 ? answers : timeout;
        }
    }

    private static final double GUARD_SHARE = 0.3;
    private static final int GUARD_MINIMUM = 5;
    /** The time for which many must have been suspected for the guard to have seen it, too. */
    private static final Duration GUARD_SEES = Duration.ofMillis(300);
    /**
     * The time for which it can seem to be engaged beyond what it may: it is asked at times, and
     * looked at here at times.
     */
    private static final Duration GUARD_LAG = Duration.ofMillis(1500);

    private final Simulation simulation;
    private final Options options;
    private final Host serverHost;
    private final PresenceOracle census;
    private final FrameTrace.Tail tail = new FrameTrace.Tail();
    private final MessageLedger toServer = new MessageLedger("node to server");
    private final MessageLedger toNodes = new MessageLedger("server to node");
    private final List<Member> members = new ArrayList<>();
    private final Map<String, Integer> losses = new HashMap<>();
    private final Map<String, Long> epochs = new HashMap<>();

    private HeartbeatServer server;
    private boolean throwing;
    private @Nullable ApplicationFaults misconduct;
    private @Nullable Violation violation;
    private long heartbeatsOfDeadServers;
    private final BackoffModel waits = new BackoffModel();
    /** The time at which the stay of each node was reported to begin. */
    private final Map<String, Duration> stays = new HashMap<>();
    /** Those with connections of their own that are SUSPECT after a stay that was long enough. */
    private final Set<String> voters = new HashSet<>();

    /** Since when many are among these; null if they are not. */
    private @Nullable Duration manySince;

    private long holds;
    /** Since when the guard is engaged; null if it is not. */
    private @Nullable Duration engagedSince;
    /** The last report of the guard. */
    private boolean toldEngaged;

    /** The messages that the server that runs now has handed to the application. */
    private long messages;

    private long undelivered;
    private long thrown;
    /** The number of times that the server was started. */
    private int serverRuns;

    private final ChannelWorkload talks;
    private final FleetLayers layers;
    /** Null where everybody may register. */
    private final @Nullable Doorkeeper doorkeeper;
    /** Null where no stranger meets a limit. */
    private final @Nullable LimitChecks limitChecks;
    /** Null where the server does not know how full its memory is. */
    private final @Nullable OverloadChecks overload;

    Fleet(Simulation simulation, Options options, int size, FleetLayers layers, long seed) {
        this.simulation = simulation;
        this.layers = layers;
        this.options = options;
        serverHost = simulation.newHost("server", LOOPS);
        census = new PresenceOracle(
                new PresenceOracle.Timing(
                        options.suspectAfter.toNanos(),
                        options.timeout.toNanos(),
                        options.grace.toNanos(),
                        options.guardHold.plusSeconds(2).toNanos(),
                        options.offlineRetention.toNanos(),
                        options.offlineMaximum),
                serverHost,
                LOOPS,
                tail);
        simulation.tap(layers.above(census));
        talks = new ChannelWorkload(this);
        doorkeeper = Doorkeeper.isAt(seed) ? new Doorkeeper(this, seed) : null;
        limitChecks = LimitChecks.isAt(seed) ? new LimitChecks(this) : null;
        overload = OverloadChecks.isAt(seed) ? new OverloadChecks(this, seed) : null;
        server = startServer();
        for (int i = 0; i < size; i++) {
            boolean isGateway = simulation.random().nextInt(4) == 0;
            add(i == 0 ? "0" : "n" + i)
                    .with(isGateway ? 1 + simulation.random().nextInt(4) : 0)
                    .start();
        }
    }

    /** Another host that claims this id. */
    Member add(String id) {
        Member member = new Member(this, id, simulation.newHost("host" + members.size()));
        members.add(member);
        return member;
    }

    FleetLayers layers() {
        return layers;
    }

    private HeartbeatServer startServer() {
        serverRuns++;
        stays.clear();
        voters.clear();
        HeartbeatServer.Builder builder = HeartbeatServer.builder();
        if (doorkeeper != null) {
            doorkeeper.addTo(builder);
        }
        if (limitChecks != null) {
            LimitChecks.limit(builder);
        }
        if (overload != null) {
            overload.addTo(builder);
        }
        talks.acceptAt(builder::channel, place());
        return layers.addTo(builder)
                .port(PORT)
                .heartbeatInterval(options.interval)
                .suspectAfter(options.suspectAfter)
                .heartbeatTimeout(options.timeout)
                .grace(options.grace)
                .massGuardShare(GUARD_SHARE)
                .massGuardMinimum(GUARD_MINIMUM)
                .massGuardMaxHold(options.guardHold)
                .ackEvery(options.ackEvery)
                .offlineRetention(options.offlineRetention)
                .offlineMaximum(options.offlineMaximum)
                .windowBytes(options.windowBytes)
                .channelQueueMessages(options.queueMessages)
                .channelQueueBytes(options.queueBytes)
                .maxMessageBytes(options.maxMessageBytes)
                .inboundBudgetBytes(options.inboundBudgetBytes)
                .listener(this)
                .onMessage(this::onMessage)
                .transport(serverHost.transport())
                .start();
    }

    /** The place where the channels end that the server has now. */
    ChannelUser.Place place() {
        int run = serverRuns;
        return new ChannelUser.Place(true, this::isServerAwake, () -> run == serverRuns && serverHost.isRunning());
    }

    void crashServer() {
        heartbeatsOfDeadServers += server.stats().liveness().heartbeats();
        serverHost.crash();
        census.serverRestarted();
        toNodes.forgetAllOpen();
        members.forEach(member -> connectionLost(member.id()));
    }

    void restartServer() {
        serverHost.restart();
        messages = 0;
        talks.serverRestarted();
        undelivered = 0;
        thrown = 0;
        manySince = null;
        holds = 0;
        engagedSince = null;
        toldEngaged = false;
        server = startServer();
    }

    /** Sends everybody away, within the time. */
    void drainServer(Duration time) {
        var unused = server.shutdownAsync(time);
    }

    /** The number of times that the server was started. */
    int serverRuns() {
        return serverRuns;
    }

    /** Whether the server's application could do something now. */
    boolean isServerAwake() {
        return serverHost.isRunning() && !serverHost.isPaused();
    }

    SendResult send(Member to, int padding) {
        return send(to.id(), padding);
    }

    SendResult send(String id, int padding) {
        ByteBuffer message = toNodes.next(id, padding);
        SendResult result = padding % 2 == 0
                ? server.trySend(id, message)
                : server.sendAll(id, List.of(message)).get(0);
        if (misconduct != null) {
            misconduct.offered(message, result);
        }
        if (result == SendResult.ACCEPTED) {
            toNodes.accepted(id, lossesOf(id));
        }
        return result;
    }

    void sendToAll() {
        members.stream().filter(member -> !member.isClosed()).forEach(member -> {
            forgetOpen(member);
            SendResult first = send(member, 100);
            send(member, 20_000);
            if (member.isOnline() && first != SendResult.ACCEPTED) {
                throw new Violation("I14 a node that is online can be sent to", member + ": " + first);
            }
            member.dependants().forEach(dependant -> send(dependant.id(), 100));
        });
    }

    /** Messages that were lost with a connection before are not asked for any more. */
    void forgetOpen(Member member) {
        toNodes.forgetOpen(member.id());
        toServer.forgetOpen(member.senderName());
        member.dependants().forEach(GatewayNode::forgetOpen);
    }

    void connectionLost(String id) {
        losses.merge(id, 1, Integer::sum);
    }

    /** The number of times that a node's connection was lost, or may have been. */
    int lossesOf(String id) {
        return losses.getOrDefault(id, 0);
    }

    /** From now on the application behaves so. */
    void misconduct(ApplicationFaults kind) {
        misconduct = kind;
    }

    private long askedInVain() {
        return misconduct == null ? 0 : misconduct.asked();
    }

    private void callBack(Node node) {
        if (misconduct != null) {
            ApplicationFaults kind = misconduct;
            observe(() -> kind.inCallback(node.id()));
            if (kind.throwsNow()) {
                thrown++;
                throw new ApplicationFaults.Unprintable();
            }
        }
    }

    void throwInCallbacks(boolean on) {
        throwing = on;
    }

    // ---- what the server reports

    @Override
    public void onOnline(Node node) {
        observe(() -> census.online(node));
        stays.putIfAbsent(node.id(), simulation.now());
        voters.remove(node.id());
        Long before = epochs.put(node.id(), node.epoch());
        if (before != null && before != node.epoch()) {
            connectionLost(node.id()); // Whatever was written to the one before is gone with it.
        }
        throwIfPlanted();
        callBack(node);
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        observe(() -> census.suspect(node, reason));
        if (members.stream().anyMatch(member -> member.id().equals(node.id())) && isProven(node.id())) {
            voters.add(node.id());
        }
        connectionLost(node.id());
        throwIfPlanted();
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        observe(() -> {
            census.offline(node, reason);
            checkGuarded(node, reason);
        });
        stays.remove(node.id());
        voters.remove(node.id());
        connectionLost(node.id());
        throwIfPlanted();
    }

    @Override
    public void onMassGuard(MassGuardStatus status) {
        toldEngaged = status.isEngaged();
        throwIfPlanted();
    }

    /**
     * While many have been suspected for a while, no verdict passes that the guard has not held
     * first.
     */
    private void checkGuarded(Node node, OfflineReason reason) {
        Duration since = manySince;
        if ((reason == OfflineReason.TIMEOUT || reason == OfflineReason.CLOSED)
                && !options.guardHold.isZero()
                && !options.grace.isZero()
                && !census.areCallbacksDelayed()
                && since != null
                && areManySuspected()
                && simulation.now().minus(since).compareTo(GUARD_SEES) > 0
                && server.stats().massGuard().engagements() == 0) {
            throw new Violation(
                    "I7 many verdicts at once are held",
                    node.id() + " is OFFLINE(" + reason + "), while many are suspected since " + since + ": "
                            + server.stats());
        }
    }

    /**
     * Whether a node has been there for so long that the guard learns something from its loss; with
     * the time that callbacks may take.
     */
    private boolean isProven(String id) {
        Duration began = stays.get(id);
        return began != null
                && simulation
                                .now()
                                .minus(began)
                                .compareTo(options.timeout.multipliedBy(2).plus(GUARD_LAG))
                        > 0;
    }

    private boolean areManySuspected() {
        long suspects = voters.size();
        long nodes = server.nodes().size();
        return suspects > GUARD_MINIMUM + 1 && suspects > GUARD_SHARE * nodes + 1;
    }

    @Override
    public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
        undelivered++;
        if (census.isOfFleet(node.id())) {
            observe(() -> toNodes.undelivered(message, reason));
        }
    }

    private void onMessage(Node from, ByteBuffer message) {
        messages++;
        if (census.isOfFleet(from.id())) {
            observe(() -> toServer.delivered(from.id(), "server", message));
        } // Else it is a stranger's, who may say what he likes.
        throwIfPlanted();
        callBack(from);
    }

    void throwIfPlanted() {
        if (throwing) {
            thrown++;
            if (thrown % 2 == 0) {
                throw new PlantedError();
            }
            throw new PlantedException();
        }
    }

    /** An error that the virtual machine might throw in a callback. */
    static final class PlantedError extends Error {
        private static final long serialVersionUID = 1L;

        PlantedError() {
            super("planted", null, false, false);
        }
    }

    /** An exception that a careless application might throw. */
    static final class PlantedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PlantedException() {
            super("planted", null, false, false);
        }
    }

    // ---- checks

    /** Records what is seen from within a callback, whose exceptions the bus keeps to itself. */
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
        if (!simulation.escaped().isEmpty()) {
            Throwable escaped = simulation.escaped().get(0);
            throw new Violation("I22 nothing escapes", escaped.toString(), escaped);
        }
        checkGuard();
        if (doorkeeper != null) {
            doorkeeper.check();
        }
        if (overload != null) {
            overload.check();
        }
        census.checkDetection();
        members.forEach(Member::check);
    }

    private void checkGuard() {
        ServerStats stats = server.stats();
        manySince = areManySuspected() ? (manySince == null ? simulation.now() : manySince) : null;
        for (; holds < stats.massGuard().engagements(); holds++) {
            census.guardHolds();
            engagedSince = null; // Another time.
        }
        boolean engages = stats.massGuard().isEngaged() && serverHost.isRunning();
        engagedSince = engages ? (engagedSince == null ? simulation.now() : engagedSince) : null;
        if (engagedSince != null) {
            Duration engaged = simulation.now().minus(engagedSince);
            long stoppedNs = census.stoppedNs(engagedSince.toNanos());
            if (engaged.minusNanos(stoppedNs).compareTo(options.guardHold.plus(GUARD_LAG)) > 0) {
                throw new Violation("I7 the guard ends in time", "it is engaged for " + engaged + ": " + stats);
            }
        }
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
            member.dependants().forEach(dependant -> checkRecovered(member, dependant));
        }
        requireCount(NodeState.ONLINE);
        requireCount(NodeState.SUSPECT);
        census.checkKept(server.nodes());
        checkGroups();
        waits.check();
        checkNumbers();
        long named = server.nodes().stream().count();
        long counted = server.nodes().size() + server.nodes().count(NodeState.OFFLINE);
        if (named != counted) {
            throw new Violation("I10 counts agree", "the registry streams " + named + " nodes and counts " + counted);
        }
    }

    /** Whoever is registered is in his group, and nobody else. */
    private void checkGroups() {
        for (String group : ids().map(Member::group).distinct().toList()) {
            List<String> expected = ids().filter(id -> Member.group(id).equals(group) && census.isKnown(id))
                    .sorted()
                    .toList();
            List<String> found =
                    server.nodes().group(group).map(Node::id).sorted().toList();
            long asked = server.nodes().withMetadata("group", group).count();
            long size = server.nodes().groupSize(group);
            if (!found.equals(expected) || asked != size || size != expected.size()) {
                throw new Violation(
                        "I10 counts agree",
                        group + " is " + found + " (" + size + ", asked for one by one " + asked + "), the events have "
                                + expected);
            }
        }
    }

    /** The ids of all members, and of those they are the gateways of. */
    private Stream<String> ids() {
        return members.stream()
                .flatMap(member -> Stream.concat(
                        Stream.of(member.id()), member.dependants().stream().map(GatewayNode::id)))
                .distinct();
    }

    private void checkRecovered(Member gateway, GatewayNode dependant) {
        boolean registered = dependant.isRegistered() && census.isOnline(dependant.id());
        if (!gateway.isClosed() && !dependant.isEnded() && !registered) {
            throw new Violation("I17 everybody comes back", dependant + " is not online");
        }
    }

    /** After a while without faults, what the server counts is what was seen of it. */
    void checkNumbers() {
        ServerStats stats = server.stats();
        long online = members.stream().filter(Member::isOnline).count();
        requireNumber("connections", stats.connections().open(), online);
        requireNumber("sockets", serverHost.connections(), online);
        // Replies are counted with them, and what nobody pulled.
        long unseen = stats.messages().received() - messages - talks.heard();
        requireNumber("messages handed over and not counted", Math.min(0, unseen), 0);
        // A request that was given up may come back to nobody.
        long comesBack = stats.messages().undeliveredTotal() - undelivered - talks.undelivered();
        requireNumber(
                "messages undelivered",
                Math.max(0, comesBack - talks.givenUp() - askedInVain() - routed()) + Math.min(0, comesBack),
                0);
        long failures = stats.callbacks().failures();
        // An authenticator that fails, or is late, is one too.
        requireNumber("callbacks that threw", doorkeeper == null ? failures : Math.min(failures, thrown), thrown);
        if (stats.loops().stalls() > census.stops()) {
            throw new Violation(
                    "I5 only stops are credited",
                    stats.loops().stalls() + " stalls were noticed, and " + census.stops()
                            + " times a loop was stopped");
        }
        if (stats.massGuard().isEngaged() || toldEngaged) {
            throw new Violation(
                    "I7 the guard ends in time",
                    "nobody is suspected, and it " + (toldEngaged ? "was told to hold: " : "holds: ") + stats);
        }
        requireNumber("verdicts that are held", stats.massGuard().status().held(), 0);
        members.stream().filter(Member::isOnline).forEach(this::checkRoundTrip);
    }

    private static void requireNumber(String what, long counted, long seen) {
        if (counted != seen) {
            throw new Violation("I10 counts agree", what + ": the server counts " + counted + ", seen were " + seen);
        }
    }

    /** Half a millisecond each way, and what a loop takes. */
    private void checkRoundTrip(Member member) {
        Duration ofNode = server.nodes().find(member.id()).map(Node::rtt).orElse(null);
        for (Duration measured : Arrays.asList(member.rtt(), ofNode)) {
            if (measured == null || measured.toNanos() < 900_000 || measured.toMillis() > 100) {
                throw new Violation(
                        "I10 round trips are measured",
                        member + " has " + member.rtt() + ", the server knows " + ofNode + ", the way takes 1 ms");
            }
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
            for (GatewayNode dependant : member.dependants()) {
                toNodes.checkSettled(dependant.id(), losses.getOrDefault(dependant.id(), 0));
            }
        }
    }

    /** As {@link #checkSettled}, where no connection was lost by chance. */
    void checkAllSettled(String after) {
        for (Member member : members) {
            toNodes.checkAllSettled(member.id(), after);
            member.dependants().forEach(dependant -> toNodes.checkAllSettled(dependant.id(), after));
        }
    }

    void checkEmpty() {
        long left = server.stats().connections().open()
                + server.nodes().stream().count()
                + server.nodes().size()
                + serverHost.connections();
        if (left != 0) {
            throw new Violation(
                    "I10 nothing is left after the end", server.stats() + ", " + serverHost.connections() + " sockets");
        }
    }

    // ---- parts

    Options options() {
        return options;
    }

    @Nullable
    Doorkeeper doorkeeper() {
        return doorkeeper;
    }

    @Nullable
    LimitChecks limitChecks() {
        return limitChecks;
    }

    @Nullable
    OverloadChecks overload() {
        return overload;
    }

    private long routed() {
        return doorkeeper == null ? 0 : doorkeeper.routed();
    }

    BackoffModel waits() {
        return waits;
    }

    Simulation simulation() {
        return simulation;
    }

    Host serverHost() {
        return serverHost;
    }

    HeartbeatServer server() {
        return server;
    }

    PresenceOracle census() {
        return census;
    }

    MessageLedger toServer() {
        return toServer;
    }

    MessageLedger toNodes() {
        return toNodes;
    }

    ChannelWorkload talks() {
        return talks;
    }

    List<Member> members() {
        return members;
    }

    List<String> lastFrames() {
        return tail.lines();
    }

    long heartbeats() {
        return heartbeatsOfDeadServers + server.stats().liveness().heartbeats();
    }
}
