package dev.heartbeat.internal.liveness;

import dev.heartbeat.internal.loop.LogicalClock;

/**
 * A frame that is arriving for longer than a read. A part of a frame is no sign of life, but as
 * long as it gains enough bytes in each span of silence, it puts the verdict off. A span is the
 * silence from which a peer is suspected.
 *
 * <p>Invariant: the silence counts from {@code gainedNs}, which is at most {@value #MAX_SPANS}
 * spans after the last whole frame.
 */
public final class PartialFrame {
    /** The bytes it must gain in each span. */
    public static final int MIN_GAIN = 1024;

    /** For so many spans one frame can put the verdict off. */
    static final int MAX_SPANS = 16;

    private final long heardNs;
    private long gainedNs;
    private int counted;
    private boolean tooSlow;

    /**
     * @param heardNs when the last whole frame was read; times are those of one
     *     {@link LogicalClock}
     */
    public PartialFrame(long heardNs) {
        this.heardNs = heardNs;
        gainedNs = heardNs;
    }

    /**
     * So many bytes of it have arrived by now.
     *
     * @param spanNs the silence from which the peer is suspected
     */
    public void arrived(int bytes, long nowNs, long spanNs) {
        if (tooSlow || bytes - counted < MIN_GAIN) {
            return;
        }
        counted = bytes;
        tooSlow = nowNs - gainedNs > spanNs || (nowNs - heardNs) / MAX_SPANS > spanNs;
        if (!tooSlow) {
            gainedNs = nowNs;
        }
    }

    /** The time for which it has gained too little. */
    public long silentNs(long nowNs) {
        return nowNs - gainedNs;
    }
}
