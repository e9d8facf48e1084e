package dev.heartbeat.internal.server;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.liveness.FailureDetector;
import dev.heartbeat.internal.liveness.PeerMonitor;
import dev.heartbeat.internal.loop.LogicalClock;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.loop.Timer;
import dev.heartbeat.internal.loop.TimerWheel;
import dev.heartbeat.internal.server.Measures.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The part of a {@link Server} that one event loop owns. */
final class ServerLoop implements PeerMonitor.Watch, Shard.Observer {
    private static final long MAX_TWIN_NS = SECONDS.toNanos(5);

    /** One of so many is closed at a time, so that whoever gets on has the time to register. */
    private static final int SHED_PART = 4;

    private static final int SHED_AT_ONCE = 1024;

    /** Between two round trips that are recorded: a hundred in a second show as much as a million. */
    private static final long LATENCY_GAP_NS = MILLISECONDS.toNanos(10);

    final Server server;
    final Shard shard;
    final Counters counters = new Counters();
    final Measures measures;
    final HeldVerdicts held = new HeldVerdicts(this);
    final RegistrationHandler registration = new RegistrationHandler(this);
    final Floods floods = new Floods(this);
    final WithheldCredit withheld = new WithheldCredit(this);
    private final Pulse pulse = new Pulse(this);

    /**
     * Sessions that have no node, or have it no more; the others are found through the node table.
     */
    private final Set<ServerSession> withoutNode = new LinkedHashSet<>();

    /** Connections whose layer is not ready. */
    private final Set<Arrival> arrivals = new LinkedHashSet<>();

    private long latencyNs;

    /** The last that a client of this loop has said: most say the same. */
    private ClientTerms lastTerms = ClientTerms.NONE;

    ServerLoop(Server server, Shard shard) {
        this.server = server;
        this.shard = shard;
        measures = new Measures(server.recorders, shard.failures());
        latencyNs = shard.nowNs() - LATENCY_GAP_NS;
        shard.observe(this);
        if (server.overload.isJudged()) {
            pulse.begin();
        }
    }

    /** The server has ended. */
    void end() {
        shard.ignore(this);
        shard.cancel(pulse);
        shard.cancel(withheld);
    }

    @Override
    public void onStall(long stalledNs) {
        measures.record(Kind.PAUSE, stalledNs);
    }

    @Override
    public void onWake(long lateNs) {
        measures.record(Kind.LOOP_LAG, lateNs);
        if (lateNs > TimerWheel.TICK_NS) {
            counters.add(Counter.LATE_WAKES, 1);
        }
    }

    /** A node reports the round trip of its last heartbeat; 0 if it has none. */
    void reported(int rttMicros) {
        long nowNs = shard.nowNs();
        if (nowNs - latencyNs >= LATENCY_GAP_NS && rttMicros != 0) {
            latencyNs = nowNs;
            measures.record(Kind.LATENCY, MICROSECONDS.toNanos(Integer.toUnsignedLong(rttMicros)));
        }
    }

    /**
     * For how long a node must have stayed, and a connection of several have lasted, for each loss
     * to count for the mass guard.
     */
    long provenNs() {
        return 2 * server.options.heartbeatTimeout().toNanos();
    }

    void arrived(Arrival arrival) {
        arrivals.add(arrival);
    }

    /** It has a session now, or has failed. */
    void left(Arrival arrival) {
        arrivals.remove(arrival);
    }

    void began(ServerSession session) {
        counters.add(Counter.ACCEPTED, 1);
        withoutNode.add(session);
    }

    void registered(ServerSession session) {
        withoutNode.remove(session);
        server.gate.registered();
    }

    /** It lost its node to another session. */
    void superseded(ServerSession session) {
        withoutNode.add(session);
    }

    void ended(ServerSession session) {
        withoutNode.remove(session);
        withheld.remove(session);
        counters.add(Counter.ENDED, 1);
        server.connectionEnded(session.place(), session.own() != null);
    }

    /** The limits of what this client takes. */
    ClientTerms termsOf(Register said) {
        ClientTerms terms = ClientTerms.of(said, server.options);
        if (!terms.equals(lastTerms)) {
            lastTerms = terms;
        }
        return lastTerms;
    }

    /** The time by which everything that is due is late. Any thread. */
    long lagNs() {
        return pulse.lagNs();
    }

    /** The time since it took a turn, at this reading of the clock. Any thread. */
    long silenceNs(long nowNs) {
        return pulse.silenceNs(nowNs);
    }

    /**
     * Closes a part of the connections that have not registered: those that have got least far
     * first, and of these the oldest.
     */
    void shed() {
        List<ServerSession> unregistered = withoutNode.stream()
                .filter(ServerSession::isUnregistered)
                .sorted(Comparator.comparingInt(ServerSession::stage))
                .toList();
        List<Runnable> inOrder = new ArrayList<>();
        arrivals.forEach(arrival -> inOrder.add(arrival::shed));
        unregistered.forEach(session -> inOrder.add(session::shed));
        int some = Math.min(SHED_AT_ONCE, (inOrder.size() + SHED_PART - 1) / SHED_PART);
        inOrder.subList(0, some).forEach(Runnable::run);
        counters.add(Counter.SHED, some);
    }

    void closeWithoutNode() {
        new ArrayList<>(arrivals).forEach(Arrival::close);
        new ArrayList<>(withoutNode).forEach(ServerSession::closeUnregistered);
    }

    @Override
    public LogicalClock clock() {
        return shard.clock();
    }

    /**
     * For how long a connection that lost its node to another is asked whether somebody is still
     * there.
     */
    long twinNs() {
        return Math.min(MAX_TWIN_NS, server.options.heartbeatTimeout().toNanos());
    }

    /** From when on a beat is late. */
    long overdueNs() {
        return server.options.heartbeatInterval().toNanos() * 3 / 2;
    }

    @Override
    public FailureDetector detector() {
        return server.detector;
    }

    @Override
    public long graceNs() {
        long graceNs = server.options.grace().toNanos();
        return graceNs == 0 ? 0 : graceNs + server.overload.extraGraceNs(shard.nowNs());
    }

    @Override
    public void arm(Timer timer, long delayNs) {
        shard.arm(timer, delayNs);
    }

    @Override
    public void cancel(Timer timer) {
        shard.cancel(timer);
    }
}
