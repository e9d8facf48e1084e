package dev.heartbeat.internal.server;

import dev.heartbeat.ServerOptions;
import java.util.concurrent.TimeUnit;

/**
 * The control frames that one connection may send: a token bucket, kept as the time until it is full
 * again.
 */
final class FrameAllowance {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    /** All that may come at once, in seconds of the rate. */
    private static final int BURST_SECONDS = 10;

    /** A gateway may register all its nodes at once, and change or remove each. */
    private static final int BURST_PER_NODE = 2;

    /** As of the last frame. */
    private long leftNs;

    private long lastNs;

    /** A full one. */
    FrameAllowance(long nowNs) {
        lastNs = nowNs;
    }

    /** Counts a frame; false if it is one too many. */
    boolean allows(ServerOptions limits, long nowNs) {
        int perSecond = limits.controlFramesPerSecond();
        if (perSecond == 0) {
            return true;
        }
        long gapNs = SECOND_NS / perSecond;
        long spanNs = BURST_SECONDS * SECOND_NS + gapNs * BURST_PER_NODE * limits.maxNodesPerConnection();
        long afterNs = Math.max(0, leftNs - (nowNs - lastNs)) + gapNs;
        if (afterNs > spanNs) {
            return false;
        }
        leftNs = afterNs;
        lastNs = nowNs;
        return true;
    }
}
