package dev.heartbeat.internal.session;

import dev.heartbeat.internal.frame.ErrorCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counts of one loop: written by that loop alone, so without any lock or fence, and read by anybody. */
final class Counters {
    private final Map<ErrorCode, AtomicLong> errors = new EnumMap<>(ErrorCode.class);
    private final AtomicLong[] counts = new AtomicLong[Counter.values().length];

    Counters() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new AtomicLong();
        }
        for (ErrorCode code : ErrorCode.values()) {
            errors.put(code, new AtomicLong());
        }
    }

    void add(Counter counter, long amount) {
        add(counts[counter.ordinal()], amount);
    }

    void error(ErrorCode code) {
        AtomicLong count = errors.get(code);
        if (count != null) {
            add(count, 1);
        }
    }

    long get(Counter counter) {
        return counts[counter.ordinal()].getOpaque();
    }

    /** Adds the errors that occurred to a sum over loops. */
    void addErrorsTo(Map<String, Long> sum) {
        errors.forEach((code, count) -> {
            if (count.getOpaque() > 0) {
                sum.merge(code.name(), count.getOpaque(), Long::sum);
            }
        });
    }

    private static void add(AtomicLong count, long amount) {
        count.setOpaque(count.getPlain() + amount);
    }
}
