package dev.heartbeat.testkit.fleet;

import dev.heartbeat.Node;
import dev.heartbeat.NodeRegistry;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.WireTap;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state that ought to be known of every node, from the frames that the server's host really
 * read and the events that it reported. A naive model: it knows the protocol's frame boundaries and
 * the options, and nothing of how the bus works.
 */
final class PresenceOracle implements WireTap {
    /**
     * The time that a verdict may be late where nobody was stopped: a tick of the wheel, and turns
     * of the loop.
     */
    private static final long TICK_NS = 60_000_000;
    /**
     * The time that a loop that was stopped for less than is noticed may be late, and that a
     * noticed stop still counts.
     */
    private static final long LAG_NS = 300_000_000;

    /** The time that the server waits for the end of a stream after its own. */
    private static final long LINGER_NS = 2_000_000_000;

    private static final long LONGEST_STOP_NS = 60_000_000_000L;
    /** For how long after a stop losses are blamed on it. */
    private static final long AFTERMATH_NS = 6_000_000_000L;

    private final Timing timing;
    private final Host server;
    private final FrameTrace.Tail tail;
    private final Map<InetSocketAddress, Wire> wires = new LinkedHashMap<>();
    private final Map<String, Stay> stays = new LinkedHashMap<>();
    private final Map<String, Long> epochs = new HashMap<>();
    private final Map<String, FrameTrace> otherTrails = new HashMap<>();
    private final Map<String, Gain> otherGains = new HashMap<>();
    private final Map<Host, Long> lastReads = new HashMap<>();
    private final Map<String, Integer> processes = new HashMap<>();
    private final Map<String, Set<Long>> incarnations = new HashMap<>();
    /** Nodes that are gone, in the order in which it was reported. */
    private final Map<String, Gone> gone = new LinkedHashMap<>();
    /** The number that were gone at a time, at most. */
    private int mostGone;

    private final Uptime[] uptimes;
    /** When the mass guard began to hold. */
    private final List<Long> holds = new ArrayList<>();

    private long callbackDelayNs;
    private boolean decidedLater;
    private boolean graceStandsStill;
    /**
     * Spans in which callbacks block every worker, from and until, in order and without overlap.
     */
    private final List<long[]> blocks = new ArrayList<>();
    /**
     * Each waits for a thread once more: a full queue's messages that come back are reported before
     * the end of their node's stay, 64 at a time.
     */
    private static final int BATCHES_AHEAD = 18;

    /** The options' promises, in nanoseconds. */
    record Timing(long suspectNs, long timeoutNs, long graceNs, long holdNs, long retentionNs, int offlineMaximum) {}

    /** A connection of the server. */
    private static final class Wire {
        private static final int KEPT = 4096;

        /**
         * Times that lie closer are one: silences are longer by far, and a flood of frames must not
         * push out the silence before it.
         */
        private static final long APART_NS = 10_000_000;

        final FrameTrace arriving = new FrameTrace();
        final FrameTrace reading = new FrameTrace();
        final int loop;
        final long openedNs;
        /** The last times at which a whole frame arrived, or was read. */
        private final Deque<Long> lives = new ArrayDeque<>();
        /** The last times at which one was read. */
        private final Deque<Long> reads = new ArrayDeque<>();
        /**
         * The last times at which a heartbeat for others arrived, or was read: what a gateway's
         * nodes live by.
         */
        private final Deque<Long> beats = new ArrayDeque<>();

        private final Deque<Long> beatsRead = new ArrayDeque<>();

        /**
         * The gain of the frame under way, for those who are strict with the server, and for those
         * who are with the node.
         */
        private final Gain sure;

        private final Gain possible;

        long closedNs = Long.MAX_VALUE;
        /** Closed by an error, which takes along what was not read. */
        boolean broken;

        Wire(int loop, long nowNs, long suspectNs) {
            this.loop = loop;
            sure = new Gain(nowNs, suspectNs - TICK_NS);
            possible = new Gain(nowNs, suspectNs + TICK_NS + LAG_NS);
            openedNs = nowNs;
            lives.add(nowNs);
            reads.add(nowNs);
            beats.add(nowNs);
            beatsRead.add(nowNs);
        }

        void arrived(byte[] bytes, int count, long nowNs) {
            long before = arriving.beatsForOthers();
            if (arriving.read(bytes, count, "", nowNs, null)) {
                add(lives, nowNs);
                sure.restart(nowNs);
                possible.restart(nowNs);
            }
            possible.arrived(arriving.underWay(), nowNs);
            if (sure.arrived(arriving.underWay(), nowNs)) {
                add(lives, nowNs);
            }
            if (arriving.beatsForOthers() > before) {
                add(beats, nowNs);
            }
        }

        void read(byte[] bytes, int count, String who, long nowNs, FrameTrace.Tail tail) {
            long before = reading.beatsForOthers();
            if (reading.read(bytes, count, who, nowNs, tail)) {
                add(lives, nowNs);
                add(reads, nowNs);
            }
            if (reading.beatsForOthers() > before) {
                add(beats, nowNs);
                add(beatsRead, nowNs);
            }
        }

        private static void add(Deque<Long> times, long nowNs) {
            long last = times.isEmpty() ? Long.MIN_VALUE : times.removeLast();
            boolean isApart = times.isEmpty() || nowNs - times.getLast() > APART_NS;
            if (last != Long.MIN_VALUE && isApart) {
                times.add(last); // Otherwise the new time takes its place.
            }
            if (times.size() == KEPT) {
                times.removeFirst();
            }
            times.add(nowNs);
        }

        long lastLifeNs() {
            return lives.getLast();
        }

        /** Until when the frame under way may have put a verdict off, if it was still due. */
        long lastGainNs() {
            return Math.max(lives.getLast(), possible.lastNs);
        }

        /**
         * The longest silence that lasted into the time between the two. Bytes that had not been
         * read when the connection broke are lost with it.
         */
        long longestSilenceNs(boolean byBeats, long fromNs, long untilNs) {
            boolean whole = !broken;
            Deque<Long> heard = byBeats ? (whole ? beats : beatsRead) : whole ? lives : reads;
            long longest = untilNs - heard.getLast();
            long before = Long.MAX_VALUE;
            for (long life : heard) {
                if (before != Long.MAX_VALUE && life >= fromNs) {
                    longest = Math.max(longest, life - before);
                }
                before = life;
            }
            return longest;
        }
    }

    /**
     * A frame under way puts a verdict off, as long as it gains enough in each span; but not for
     * ever.
     */
    private static final class Gain {
        private static final int ENOUGH = 1024;
        private static final int SPANS = 16;

        private final long spanNs;
        private long beganNs;
        private long lastNs;
        private long counted;
        private boolean ended;

        Gain(long nowNs, long spanNs) {
            this.spanNs = spanNs;
            restart(nowNs);
        }

        /** A whole frame has come. */
        void restart(long nowNs) {
            beganNs = nowNs;
            lastNs = nowNs;
            counted = 0;
            ended = false;
        }

        /** Returns whether it puts the verdict off once more. */
        boolean arrived(long bytes, long nowNs) {
            if (ended || bytes - counted < ENOUGH) {
                return false;
            }
            counted = bytes;
            ended = nowNs - lastNs > spanNs || nowNs - beganNs > SPANS * spanNs;
            if (!ended) {
                lastNs = nowNs;
            }
            return !ended;
        }
    }

    /** A node that is OFFLINE, as the events have it. */
    private record Gone(OfflineReason reason, long incarnation, long epoch, long toldNs) {}

    /** A node that is registered, as the events have it. */
    private static final class Stay {
        NodeState state = NodeState.ONLINE;
        final long incarnation;
        InetSocketAddress remote;
        /** Its silence is not older; 0 where nobody is asked, and a registration is decided at once. */
        long sinceNs;

        @Nullable
        SuspectReason suspected;

        Stay(Node node) {
            incarnation = node.incarnation();
            remote = node.remoteAddress();
        }
    }

    PresenceOracle(Timing timing, Host server, int loops, FrameTrace.Tail tail) {
        this.timing = timing;
        this.server = server;
        this.tail = tail;
        uptimes = new Uptime[loops];
        for (int i = 0; i < loops; i++) {
            uptimes[i] = new Uptime();
        }
    }

    // ---- what really happened

    private long nowNs() {
        return server.simulation().now().toNanos();
    }

    void loopStopped(int loop, long untilNs) {
        uptimes[loop].stopped(nowNs(), untilNs);
    }

    void processStopped(long untilNs) {
        for (int i = 0; i < uptimes.length; i++) {
            loopStopped(i, untilNs);
        }
    }

    /** The server's process is another one: it knows nobody. */
    void serverRestarted() {
        wires.clear();
        stays.clear();
        gone.clear();
        mostGone = 0;
        holds.clear();
        epochs.clear();
    }

    /** Registrations are decided later than they come. */
    void registrationsAreDecidedLater() {
        decidedLater = true;
    }

    /** The grace of lost nodes may stand still, for as long as the guard may hold. */
    void graceMayStandStill() {
        graceStandsStill = true;
    }

    /** The mass guard has begun to hold; verdicts may be late by as long as it may hold at most. */
    void guardHolds() {
        holds.add(nowNs());
    }

    /** The time that a verdict may be late that has been due since then. */
    private long heldNs(long dueNs) {
        return holds.stream().filter(began -> began > dueNs - 2 * timing.holdNs).count() * timing.holdNs;
    }

    /**
     * A process of this node was started on this host: another incarnation, and nothing is left of
     * the connections of the one before.
     */
    void processStarted(String id, Host host) {
        processes.merge(id, 1, Integer::sum);
        otherTrails.keySet().removeIf(reader -> reader.startsWith(host + " "));
    }

    /** Whether the node is one of the fleet's, and not a stranger's. */
    boolean isOfFleet(String id) {
        return processes.containsKey(id);
    }

    /**
     * When a host of a node read the last whole frame, or enough of a large one; 0 if it never did.
     */
    long lastReadNs(Host host) {
        return lastReads.getOrDefault(host, 0L);
    }

    /** From now on what happens may be reported so much later. */
    void callbacksDelayed(long byNs) {
        callbackDelayNs = Math.max(callbackDelayNs, byNs);
    }

    /** From now on and for so long, no further callback is made. */
    void callbacksBlocked(long forNs) {
        callbacksDelayed(forNs);
        long fromNs = blocks.isEmpty() ? nowNs() : Math.max(nowNs(), blocks.get(blocks.size() - 1)[1]);
        if (fromNs < nowNs() + forNs) {
            blocks.add(new long[] {fromNs, nowNs() + forNs});
        }
    }

    /** For how much of the time since then no callback was made. */
    private long blockedNs(long sinceNs) {
        long sum = 0;
        for (long[] block : blocks) {
            sum += Math.max(0, Math.min(block[1], nowNs()) - Math.max(block[0], sinceNs));
        }
        return sum;
    }

    @Override
    public void onArrival(Host host, int loop, InetSocketAddress remote, byte[] bytes, int count) {
        if (host == server) {
            wire(loop, remote).arrived(bytes, count, nowNs());
        }
    }

    @Override
    public void onRead(Host host, int loop, InetSocketAddress remote, byte[] bytes, int count) {
        String who = reader(host, remote);
        if (host == server) {
            wire(loop, remote).read(bytes, count, who, nowNs(), tail);
        } else {
            FrameTrace trail = otherTrails.computeIfAbsent(who, key -> new FrameTrace());
            Gain gain = otherGains.computeIfAbsent(who, key -> new Gain(nowNs(), timing.timeoutNs + TICK_NS + LAG_NS));
            boolean whole = trail.read(bytes, count, who, nowNs(), tail);
            if (whole) {
                gain.restart(nowNs());
            }
            if (gain.arrived(trail.underWay(), nowNs()) || whole) {
                lastReads.put(host, nowNs());
            }
        }
    }

    private static String reader(Host host, InetSocketAddress remote) {
        return host + " reads " + remote.getPort();
    }

    private Wire wire(int loop, InetSocketAddress remote) {
        return wires.computeIfAbsent(remote, key -> new Wire(loop, nowNs(), timing.suspectNs));
    }

    @Override
    public void onClosed(Host host, int loop, InetSocketAddress remote, @Nullable Throwable cause) {
        if (host == server) {
            Wire wire = wire(loop, remote);
            wire.closedNs = nowNs();
            wire.broken = cause != null;
        } else {
            otherGains.remove(reader(host, remote));
            otherTrails.remove(
                    // The next connection has the same remote end, and begins with a frame.
                    reader(host, remote));
        }
    }

    // ---- what was reported

    void online(Node node) {
        Stay stay = stays.get(node.id());
        boolean wasKnown = stay != null;
        if (stay != null) {
            require(
                    "I3 events match online (suspect online)* suspect? offline",
                    stay.state == NodeState.SUSPECT && stay.incarnation == node.incarnation(),
                    node,
                    "ONLINE after " + stay.state + " of incarnation " + stay.incarnation);
            stay.state = NodeState.ONLINE;
            stay.remote = node.remoteAddress();
        } else {
            stay = new Stay(node);
            stays.put(node.id(), stay);
            checkReturn(node, gone.remove(node.id()));
        }
        stay.sinceNs = decidedLater ? nowNs() : 0;
        Long before = epochs.put(node.id(), node.epoch());
        Set<Long> known = incarnations.computeIfAbsent(node.id(), id -> new HashSet<>());
        known.add(node.incarnation());
        require(
                "I8 a process keeps its incarnation",
                !isOfFleet(node.id()) || known.size() <= processes.getOrDefault(node.id(), 0),
                node,
                known.size() + " incarnations of " + processes.get(node.id()) + " processes");
        boolean recovered = wasKnown && before != null && before == node.epoch();
        require(
                "I8 epochs grow",
                before == null || recovered || before < node.epoch(),
                node,
                "epoch " + node.epoch() + " after " + before);
    }

    /** A process that was sent away for good does not come back. */
    private void checkReturn(Node node, @Nullable Gone before) {
        require(
                "M57 what is known of a node that is gone",
                before == null
                        || before.incarnation != node.incarnation()
                        || before.reason != OfflineReason.KICKED
                        || mostGone > timing.offlineMaximum
                        || !mayBeKept(before, 0),
                node,
                "ONLINE after it was kicked");
    }

    void suspect(Node node, SuspectReason reason) {
        Stay stay = require(
                "I3 events match online (suspect online)* suspect? offline", stays.get(node.id()), node, "SUSPECT");
        require(
                "I3 events match online (suspect online)* suspect? offline",
                stay.state == NodeState.ONLINE && stay.incarnation == node.incarnation(),
                node,
                "SUSPECT after " + stay.state);
        stay.state = NodeState.SUSPECT;
        stay.suspected = reason;
        if (reason == SuspectReason.SILENT) {
            requireSilence("I1 a node that is heard is not suspected", node, timing.suspectNs);
        }
    }

    void offline(Node node, OfflineReason reason) {
        Stay stay = require(
                "I3 events match online (suspect online)* suspect? offline", stays.remove(node.id()), node, "OFFLINE");
        require(
                "I3 events match online (suspect online)* suspect? offline",
                stay.incarnation == node.incarnation(),
                node,
                "OFFLINE of another incarnation");
        require(
                "I10 a snapshot agrees with its event",
                node.state() == NodeState.OFFLINE && node.offlineReason() == reason && node.offlineSince() != null,
                node,
                "OFFLINE(" + reason + ") with " + node);
        gone.put(node.id(), new Gone(reason, node.incarnation(), node.epoch(), nowNs()));
        mostGone = Math.max(mostGone, gone.size());
        require(
                "I22 nobody of the fleet breaks the protocol",
                reason != OfflineReason.PROTOCOL_ERROR || !isOfFleet(node.id()),
                node,
                "OFFLINE(PROTOCOL_ERROR)");
        if (reason == OfflineReason.TIMEOUT) {
            requireSilence("I2 a node that is heard is not given up", node, timing.timeoutNs);
        }
        if (reason == OfflineReason.CLOSED && !GatewayNode.mayBe(node.id())) {
            Wire wire = wires.get(node.remoteAddress());
            require(
                    "I4 a lost node has its grace",
                    wire != null && wire.closedNs != Long.MAX_VALUE && nowNs() - wire.closedNs >= timing.graceNs,
                    node,
                    "OFFLINE(CLOSED) "
                            + (wire == null
                                    ? "without a connection"
                                    : (nowNs() - wire.closedNs) / 1_000_000 + " ms after the loss"));
        }
    }

    /**
     * Bytes that had arrived must have been read before anybody is judged; so the silence is that
     * since the last arrival.
     */
    private void requireSilence(String invariant, Node node, long atLeastNs) {
        Wire wire = wires.get(node.remoteAddress());
        require(invariant, wire != null, node, "no connection");
        Wire judged = java.util.Objects.requireNonNull(wire);
        long toldLateNs =
                BATCHES_AHEAD * callbackDelayNs + uptimes[judged.loop].stoppedNs(nowNs() - LONGEST_STOP_NS, nowNs());
        long silentNs = judged.longestSilenceNs(GatewayNode.mayBe(node.id()), nowNs() - toldLateNs, nowNs());
        require(
                invariant,
                silentNs + TICK_NS >= atLeastNs,
                node,
                "heard " + silentNs / 1_000_000 + " ms before, promised are " + atLeastNs / 1_000_000);
    }

    // ---- what must have been reported by now

    /** Nobody who is silent or lost is still thought well of. */
    void checkDetection() {
        for (Map.Entry<String, Stay> entry : stays.entrySet()) {
            checkDetection(entry.getKey(), entry.getValue());
        }
    }

    /**
     * Beats come at a fixed rate over a connection that was opened then: those for which the
     * process was stopped are left out.
     */
    void checkBeats(String id, Host host, long sinceNs, Uptime uptime, long intervalNs) {
        Stay stay = stays.get(id);
        Wire wire = stay == null ? null : wires.get(stay.remote);
        if (stay == null
                || wire == null
                || wire.openedNs < sinceNs
                || !stay.remote.getAddress().getHostAddress().equals(host.address())) {
            return; // That of another process, or of an earlier connection.
        }
        long runningNs = nowNs() - sinceNs - uptime.stoppedNs(sinceNs, nowNs());
        // With each stop one comes late, and the time left is cut once more.
        long most = runningNs / intervalNs + 2 + 2 * uptime.stops(sinceNs);
        if (wire.reading.beats() > most) {
            throw new Violation(
                    "M27 missed beats are left out",
                    id + " has sent " + wire.reading.beats() + " beats in " + runningNs / 1_000_000
                            + " ms, allowed are " + most);
        }
    }

    private void checkDetection(String id, Stay stay) {
        Wire wire = wires.get(stay.remote);
        if (wire == null || server.isPaused()) {
            return;
        }
        long slackNs = TICK_NS + LAG_NS + callbackDelayNs;
        boolean lost = wire.closedNs != Long.MAX_VALUE;
        long sinceNs = lost ? wire.closedNs : Math.max(stay.sinceNs, wire.lastGainNs());
        long overdueNs = nowNs() - sinceNs - creditNs(wire, sinceNs) - blockedNs(sinceNs);
        if (stay.state == NodeState.ONLINE) {
            long promisedNs = lost ? 0 : timing.suspectNs;
            if (overdueNs > promisedNs + slackNs) {
                throw new Violation(
                        "I2 a silent node is suspected in time",
                        id + " is ONLINE " + overdueNs / 1_000_000 + " ms after "
                                + (lost ? "its connection ended" : "its last frame") + ", promised are "
                                + promisedNs / 1_000_000);
            }
        } else {
            // The grant of a silent node may expire, which gives it its grace.
            long promisedNs = lost ? timing.graceNs : timing.timeoutNs + (decidedLater ? timing.graceNs : 0);
            if (GatewayNode.mayBe(id)) {
                // It may be silent because its gateway is; then it is lost with the connection,
                // when the gateway is given up.
                promisedNs = LINGER_NS + (lost ? 0 : timing.timeoutNs) + timing.graceNs;
            }
            long heldNs = heldNs(sinceNs + promisedNs) + (graceStandsStill ? timing.holdNs : 0);
            if (overdueNs > promisedNs + heldNs + 2 * slackNs + 500_000_000) {
                throw new Violation(
                        "I2 a silent node is given up in time",
                        id + " is SUSPECT(" + stay.suspected + ") " + overdueNs / 1_000_000 + " ms after "
                                + (lost ? "its connection ended" : "its last frame") + ", promised are "
                                + promisedNs / 1_000_000);
            }
        }
    }

    /**
     * The credit that the server's own stops add to every bound: their length, and once more for
     * what was lost in their wake. A loop cannot distinguish a stop from the sleep before it, which
     * is no longer than until somebody would be suspected.
     */
    private long creditNs(Wire wire, long sinceNs) {
        Uptime uptime = uptimes[wire.loop];
        long stopped = uptime.stoppedNs(sinceNs, nowNs());
        long wakeNs = sinceNs - AFTERMATH_NS - timing.timeoutNs * 40;
        long asleep = uptime.stops(sinceNs - LONGEST_STOP_NS) * timing.suspectNs;
        return 3 * stopped + uptime.stoppedNs(wakeNs, sinceNs + 1) + asleep;
    }

    /** When the last whole frame of a node arrived; the beginning if it is not registered. */
    long lastHeardNs(String id) {
        Stay stay = stays.get(id);
        Wire wire = stay == null ? null : wires.get(stay.remote);
        return wire == null ? 0 : wire.lastLifeNs();
    }

    /** Whether calls of the application have been slow at any time. */
    boolean areCallbacksDelayed() {
        return callbackDelayNs > 0;
    }

    /** The number of times that a loop was stopped, ever. */
    long stops() {
        return Arrays.stream(uptimes).mapToLong(uptime -> uptime.stops(0)).sum();
    }

    /** The number of times since then that the loop was stopped that was so most often. */
    long stops(long sinceNs) {
        return Arrays.stream(uptimes)
                .mapToLong(uptime -> uptime.stops(sinceNs))
                .max()
                .orElse(0);
    }

    /** For how much of the time since then some loop was stopped. */
    long stoppedNs(long sinceNs) {
        long most = 0;
        for (Uptime uptime : uptimes) {
            most = Math.max(most, uptime.stoppedNs(sinceNs, nowNs()));
        }
        return most;
    }

    /**
     * While nothing happens, a node that is gone is known for as long as was promised, with the
     * reason that was reported, and no longer.
     */
    void checkKept(NodeRegistry nodes) {
        List<Node> kept = nodes.stream(NodeState.OFFLINE).toList();
        for (Node node : kept) {
            Gone told = gone.get(node.id());
            require(
                    "I10 who is gone is known for a while",
                    told != null
                            && told.reason == node.offlineReason()
                            && told.incarnation == node.incarnation()
                            && told.epoch == node.epoch()
                            && mayBeKept(told, TICK_NS + LAG_NS + stoppedNs(told.toldNs)),
                    node,
                    "is known as " + node.offlineReason() + ", told was " + told);
        }
        gone.forEach((id, told) -> {
            if (mostGone <= timing.offlineMaximum
                    && mayBeKept(told, -TICK_NS)
                    && kept.stream().noneMatch(node -> node.id().equals(id))) {
                throw new Violation(
                        "I10 who is gone is known for a while", id + " is not known any more; told was " + told);
            }
        });
        if (kept.size() > timing.offlineMaximum || kept.size() != nodes.count(NodeState.OFFLINE)) {
            throw new Violation(
                    "I10 counts agree",
                    kept.size() + " nodes are known as OFFLINE, counted are " + nodes.count(NodeState.OFFLINE)
                            + ", allowed " + timing.offlineMaximum);
        }
    }

    private boolean mayBeKept(Gone told, long slackNs) {
        return timing.retentionNs > 0 && nowNs() - told.toldNs < timing.retentionNs + slackNs;
    }

    /** The number of nodes that are in a state, as the events have it. */
    long count(NodeState state) {
        return stays.values().stream().filter(stay -> stay.state == state).count();
    }

    /** Whether the node is registered, ONLINE or SUSPECT. */
    boolean isKnown(String id) {
        return stays.containsKey(id);
    }

    boolean isOnline(String id) {
        Stay stay = stays.get(id);
        return stay != null && stay.state == NodeState.ONLINE;
    }

    private static void require(String invariant, boolean holds, Node node, String but) {
        if (!holds) {
            throw new Violation(
                    invariant,
                    node.id() + " (incarnation " + node.incarnation() + ", epoch " + node.epoch() + "): " + but);
        }
    }

    private static Stay require(String invariant, @Nullable Stay stay, Node node, String event) {
        require(invariant, stay != null, node, event + " of a node that is not registered");
        return java.util.Objects.requireNonNull(stay);
    }
}
