package dev.heartbeat;

import dev.heartbeat.internal.server.ServerCounts;

/**
 * Counts what a server distributes: messages to many, and from node to node:
 * {@link ServerStats#distribution}.
 *
 * The numbers are those of one moment, read one after the other while the loops go on, so they may
 * differ by what happened in between. Immutable.
 *
 * @since 0.1
 */
public final class DistributionStats {
    private final long broadcasts;
    private final long notPassedOn;

    DistributionStats(ServerCounts counts) {
        broadcasts = counts.broadcasts();
        notPassedOn = counts.notPassedOn();
    }

    /** {@return messages sent to many: to a group, to those chosen, or to all} */
    public long broadcasts() {
        return broadcasts;
    }

    /** {@return messages of one node to another that were not allowed or did not reach it} */
    public long notPassedOn() {
        return notPassedOn;
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText()
                .with("broadcasts", broadcasts)
                .with("notPassedOn", notPassedOn)
                .toString();
    }
}
