package dev.heartbeat.internal.server;

import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.Measure;
import dev.heartbeat.NodeState;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.internal.liveness.MassGuard;
import dev.heartbeat.internal.node.NodeEvents;
import dev.heartbeat.internal.node.NodeTable;
import dev.heartbeat.spi.LoopFailures;
import dev.heartbeat.spi.RecorderProvider;
import java.time.Duration;
import java.util.List;

/**
 * The mass guard over the nodes of a server: it judges by what the table counts, and the
 * application hears of it. Any thread.
 */
final class ServerGuard {
    private final NodeTable table;
    private final NodeEvents events;
    private final RecorderProvider recorders;
    private final MassGuard guard;
    /** Written under the guard's lock. */
    private final Measures measures;

    ServerGuard(
            ServerOptions options,
            NodeTable table,
            NodeEvents events,
            RecorderProvider recorders,
            LoopFailures failures) {
        this.table = table;
        this.events = events;
        this.recorders = recorders;
        measures = new Measures(recorders, failures);
        guard = new MassGuard(
                options.massGuardShare(),
                options.massGuardMinimum(),
                options.massGuardMaxHold().toNanos(),
                options.massGuardReleaseRate(),
                options.suspectAfter().toNanos(),
                this::onChange);
    }

    private void onChange(MassGuardStatus status) {
        if (!status.isEngaged()) {
            measures.record(Measures.Kind.GUARD_HOLD, status.engagedFor().toNanos());
        }
        events.massGuard(status);
    }

    /** Whether a verdict that is due now must wait. */
    boolean holds(long nowNs) {
        return guard.holds(table.votes(), table.size(), nowNs);
    }

    /** How many of the verdicts that wait may pass now. */
    int release(int wanted, long nowNs) {
        return guard.release(wanted, table.votes(), table.size(), nowNs);
    }

    /** A verdict has been held for as long as one may be. */
    void expire() {
        guard.expire();
    }

    /** A verdict that was held is not due any more. */
    void withdraw() {
        guard.withdraw();
    }

    boolean isAtRest() {
        return guard.isAtRest();
    }

    // ---- numbers

    MassGuardStatus status() {
        return guard.status(table.count(NodeState.SUSPECT), table.size());
    }

    long engagements() {
        return guard.engagements();
    }

    long verdictsHeld() {
        return guard.everHeld();
    }

    Duration engagedTime() {
        return Duration.ofNanos(guard.everEngagedNs());
    }

    Measure hold() {
        return Measures.sum(recorders, List.of(measures), Measures.Kind.GUARD_HOLD);
    }
}
