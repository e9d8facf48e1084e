package dev.heartbeat;

import dev.heartbeat.internal.channel.ChannelCounts;

/**
 * Counts the channels of a server ({@link ServerStats#channels}), or of a client and the nodes
 * attached to it ({@link ClientStats#channels}).
 *
 * The numbers are those of one moment, read one after the other while the loops go on, so they may
 * differ by what happened in between. Immutable.
 *
 * @since 0.1
 */
public final class ChannelStats {
    private final long open;
    private final long everOpened;

    ChannelStats(ChannelCounts counts) {
        open = counts.open();
        everOpened = counts.everOpened();
    }

    /** {@return channels open now, beside those that every node has from the start} */
    public long open() {
        return open;
    }

    /** {@return channels ever opened by either side, those that were refused included} */
    public long everOpened() {
        return everOpened;
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText().with("open", open).with("everOpened", everOpened).toString();
    }
}
