package dev.heartbeat.internal.admission;

import static java.util.concurrent.TimeUnit.SECONDS;

/**
 * A token bucket for each key: so many in a span, of which all may come at once. A bucket is kept
 * as the time until it is full again, and only until then. Any thread.
 */
final class Rates<K extends Comparable<K>> {
    private static final int MAX_KEYS = 65_536;

    private Debts<K> debts;
    private long spanNs;
    private long gapNs;

    /** Full buckets. */
    Rates() {
        debts = new Debts<>(MAX_KEYS, 0);
    }

    /**
     * From now on so many come in a span of so many seconds; 0 for no limit. Every bucket is full
     * if that is another limit.
     */
    synchronized void limit(long perSpan, long seconds) {
        long newSpanNs = perSpan == 0 ? 0 : SECONDS.toNanos(seconds);
        long newGapNs = perSpan == 0 ? 0 : Math.max(1, newSpanNs / perSpan);
        if (newSpanNs != spanNs || newGapNs != gapNs) {
            spanNs = newSpanNs;
            gapNs = newGapNs;
            debts = new Debts<>(MAX_KEYS, spanNs);
        }
    }

    /** Takes one; false if there is none. */
    synchronized boolean take(K key, long nowNs) {
        if (gapNs == 0) {
            return true;
        }
        long leftNs = debts.leftNs(key, nowNs) + gapNs;
        if (leftNs > spanNs) {
            return false;
        }
        debts.set(key, nowNs, leftNs);
        return true;
    }

    synchronized int keys() {
        return debts.size();
    }
}
