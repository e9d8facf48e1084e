package dev.heartbeat.internal.node;

import static java.util.concurrent.TimeUnit.SECONDS;

/**
 * Two processes of one identity, which take the node from each other: both were restored from one
 * snapshot. Made when a connection is first found alive after another took its node. Guarded by the
 * entry, and gone with the stay.
 */
final class DuplicateIdentity {
    /** So many times within so long. */
    private static final int LIMIT = 3;

    private static final long WINDOW_NS = SECONDS.toNanos(60);

    /** When the last of them were, the oldest first. */
    private final long[] timesNs = new long[LIMIT];

    private int count;

    /** Whether the application is yet to be notified. */
    boolean eventQueued;

    /** It has happened once more; returns whether that is too often. */
    boolean isTooOften(long nowNs) {
        System.arraycopy(timesNs, 1, timesNs, 0, LIMIT - 1);
        timesNs[LIMIT - 1] = nowNs;
        count = Math.min(LIMIT, count + 1);
        return count == LIMIT && nowNs - timesNs[0] <= WINDOW_NS;
    }
}
