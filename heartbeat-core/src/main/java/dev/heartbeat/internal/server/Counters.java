package dev.heartbeat.internal.server;

import dev.heartbeat.CloseReason;
import dev.heartbeat.internal.frame.ErrorCode;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts of one loop: written by that loop alone, so without any lock or fence, and read by
 * anybody.
 */
// Three are counted for each heartbeat, so where one lies is not looked up.
@SuppressWarnings("EnumOrdinal")
final class Counters {
    private static final ErrorCode[] CODES = ErrorCode.values();
    private static final CloseReason[] REASONS = CloseReason.values();

    private final AtomicLongArray counts = new AtomicLongArray(Counter.values().length);
    private final AtomicLongArray errors = new AtomicLongArray(CODES.length);
    private final AtomicLongArray closes = new AtomicLongArray(REASONS.length);

    void add(Counter counter, long amount) {
        add(counts, counter.ordinal(), amount);
    }

    void error(ErrorCode code) {
        add(errors, code.ordinal(), 1);
    }

    void closed(CloseReason reason) {
        add(closes, reason.ordinal(), 1);
    }

    long get(Counter counter) {
        return counts.getOpaque(counter.ordinal());
    }

    /** Adds the errors that occurred to a sum over loops. */
    void addErrorsTo(Map<String, Long> sum) {
        for (ErrorCode code : CODES) {
            long count = errors.getOpaque(code.ordinal());
            if (count > 0) {
                sum.merge(code.wireName(), count, Long::sum);
            }
        }
    }

    /** Adds the connections that ended to a sum over loops. */
    void addClosesTo(Map<CloseReason, Long> sum) {
        for (CloseReason reason : REASONS) {
            sum.merge(reason, closes.getOpaque(reason.ordinal()), Long::sum);
        }
    }

    private static void add(AtomicLongArray counts, int place, long amount) {
        counts.setOpaque(place, counts.getPlain(place) + amount);
    }
}
