package dev.heartbeat.internal.server;

import dev.heartbeat.CloseReason;
import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.Measure;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.OverloadCause;
import dev.heartbeat.OverloadLevel;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.node.NodeEvents;
import dev.heartbeat.internal.node.NodeTable;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Reads what a server has counted: each method what it returns, and nothing else. Any thread. */
public final class ServerCounts {
    private final Server server;
    private final NodeTable table;
    private final NodeEvents events;

    ServerCounts(Server server, NodeEvents events) {
        this.server = server;
        this.table = server.table;
        this.events = events;
    }

    /** The sum over all loops. */
    public long sum(Counter counter) {
        return sum(loop -> loop.counters.get(counter));
    }

    private long sum(ToLongFunction<ServerLoop> count) {
        return server.startedLoops().stream().mapToLong(count).sum();
    }

    public long openConnections() {
        return server.gate.open();
    }

    /** Connections that have no node yet. */
    public long unregisteredConnections() {
        return server.gate.unregistered();
    }

    /** Connections that were closed at once. */
    public Map<ConnectionRefusal, Long> refusedConnections() {
        return server.gate.refusals();
    }

    /** Connections that ended, for each reason there is. */
    public Map<CloseReason, Long> closes() {
        Map<CloseReason, Long> closes = new EnumMap<>(CloseReason.class);
        for (CloseReason reason : CloseReason.values()) {
            closes.put(reason, 0L);
        }
        server.startedLoops().forEach(loop -> loop.counters.addClosesTo(closes));
        return Collections.unmodifiableMap(closes);
    }

    public Map<String, Long> errorsSent() {
        Map<String, Long> errors = new TreeMap<>();
        server.startedLoops().forEach(loop -> loop.counters.addErrorsTo(errors));
        return Collections.unmodifiableMap(errors);
    }

    public long nodes(NodeState state) {
        return table.count(state);
    }

    /** Stays that ended. */
    public Map<OfflineReason, Long> ends() {
        return events.ends();
    }

    public long registrations() {
        return table.registrations();
    }

    public long registrationBytes() {
        return server.registrationBytes();
    }

    public long coalescedEvents() {
        return events.coalescedCount();
    }

    public long callbackFailures() {
        return events.failureCount();
    }

    public long redirectedCallbacks() {
        return server.callbackThreads.redirected();
    }

    /** Messages that came back. */
    public Map<UndeliveredException.Reason, Long> undelivered() {
        return server.channels.undelivered().readWith(events.undelivered().read());
    }

    public long dropped() {
        return table.dropped() + server.channels.droppedMessages();
    }

    public long broadcasts() {
        return table.broadcasts();
    }

    public long notPassedOn() {
        return events.notPassedOnCount();
    }

    /** Frames that asked for what was not granted. */
    public long forbidden() {
        return sum(Counter.FORBIDDEN) + events.forbiddenCount();
    }

    public long unmatchedReplies() {
        return events.unmatchedReplyCount() + server.channels.unmatchedReplies();
    }

    public ChannelCounts channels() {
        return server.channels;
    }

    public long guardEngagements() {
        return server.guard.engagements();
    }

    public long guardVerdicts() {
        return server.guard.verdictsHeld();
    }

    public Duration guardTime() {
        return server.guard.engagedTime();
    }

    public MassGuardStatus guardStatus() {
        return server.guard.status();
    }

    public Measure guardHold() {
        return server.guard.hold();
    }

    public OverloadLevel overloadLevel() {
        return server.overload.level();
    }

    public @Nullable OverloadCause overloadCause() {
        return server.overload.cause();
    }

    public Map<OverloadLevel, Long> overloadEntries() {
        return server.overload.entries();
    }

    /** How near each cause is to its bound. */
    public Map<OverloadCause, Double> loads() {
        return server.overload.loads();
    }

    public Measure detection() {
        return measure(Measures.Kind.DETECTION);
    }

    public Measure recovery() {
        return measure(Measures.Kind.RECOVERY);
    }

    public Measure latency() {
        return measure(Measures.Kind.LATENCY);
    }

    public Measure controlDelay() {
        return measure(Measures.Kind.CONTROL_DELAY);
    }

    public Measure pauses() {
        return measure(Measures.Kind.PAUSE);
    }

    public Measure loopLag() {
        return measure(Measures.Kind.LOOP_LAG);
    }

    private Measure measure(Measures.Kind kind) {
        return Measures.sum(
                server.recorders,
                server.startedLoops().stream().map(loop -> loop.measures).toList(),
                kind);
    }

    public long stalls() {
        return sum(loop -> loop.shard.stalls());
    }

    public Duration stalledTime() {
        return Duration.ofNanos(sum(loop -> loop.shard.creditedNs()));
    }

    /** The longest that a loop took no turn until now; zero where no loop is asked for one. */
    public Duration loopSilence() {
        if (!server.overload.isJudged()) {
            return Duration.ZERO;
        }
        long nowNs = server.monotonicNanos();
        return Duration.ofNanos(server.startedLoops().stream()
                .mapToLong(loop -> Math.max(0, loop.silenceNs(nowNs)))
                .max()
                .orElse(0));
    }

    public long loopFailures() {
        return server.loopFailures();
    }
}
