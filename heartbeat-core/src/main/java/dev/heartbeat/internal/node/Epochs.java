package dev.heartbeat.internal.node;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Fencing tokens that grow over reconnects, restarts and servers: milliseconds since 1970 at the
 * start of the server, shifted, plus one for each registration. A restart overtakes whatever was
 * given before, as long as no server registers more than a million nodes per millisecond of its
 * life.
 */
final class Epochs {
    private static final int COUNTER_BITS = 20;
    private static final long MAX_AHEAD_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final AtomicLong last;

    Epochs(long startMillis) {
        last = new AtomicLong(startMillis << COUNTER_BITS);
    }

    /**
     * Whether an epoch that a node claims to have been given can be true; a forged one would push
     * all epochs to their end. An epoch that was given here is true wherever the wall clock has
     * stepped since.
     */
    boolean isPlausible(long claimed, long nowMillis) {
        return claimed >= 0 && (claimed <= last.get() || claimed >>> COUNTER_BITS <= nowMillis + MAX_AHEAD_MILLIS);
    }

    /** Greater than every one before, and than {@code claimed}. */
    long next(long claimed) {
        return last.updateAndGet(given -> Math.max(given, claimed) + 1);
    }
}
