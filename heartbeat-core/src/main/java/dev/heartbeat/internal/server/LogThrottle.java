package dev.heartbeat.internal.server;

import static java.util.concurrent.TimeUnit.MINUTES;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Thins one line of the log to one a minute, for what others can cause at any rate. Any thread. */
final class LogThrottle {
    private static final long GAP_NS = MINUTES.toNanos(1);
    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong loggedNs = new AtomicLong(NEVER);
    private final LongAdder unlogged = new LongAdder();

    /**
     * It has happened once more; returns how often since the last line if it is time for one, and 0
     * if not.
     */
    long countIfDue(long nowNs) {
        unlogged.increment();
        long lastNs = loggedNs.get();
        boolean due = lastNs == NEVER || nowNs - lastNs >= GAP_NS;
        return due && loggedNs.compareAndSet(lastNs, nowNs) ? unlogged.sumThenReset() : 0;
    }
}
