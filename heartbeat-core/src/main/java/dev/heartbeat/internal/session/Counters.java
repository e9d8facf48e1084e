package dev.heartbeat.internal.session;

import dev.heartbeat.internal.frame.ErrorCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** Counts of one loop: written by that loop alone, so without any lock or fence, and read by anybody. */
final class Counters {
    private final Map<ErrorCode, AtomicLong> errors = new EnumMap<>(ErrorCode.class);
    private final Map<Counter, AtomicLong> counts = new EnumMap<>(Counter.class);

    Counters() {
        for (Counter counter : Counter.values()) {
            counts.put(counter, new AtomicLong());
        }
        for (ErrorCode code : ErrorCode.values()) {
            errors.put(code, new AtomicLong());
        }
    }

    void add(Counter counter, long amount) {
        add(of(counter), amount);
    }

    void error(ErrorCode code) {
        add(Objects.requireNonNull(errors.get(code)), 1);
    }

    long get(Counter counter) {
        return of(counter).getOpaque();
    }

    /** Adds the errors that occurred to a sum over loops. */
    void addErrorsTo(Map<String, Long> sum) {
        errors.forEach((code, count) -> {
            if (count.getOpaque() > 0) {
                sum.merge(code.wireName(), count.getOpaque(), Long::sum);
            }
        });
    }

    private AtomicLong of(Counter counter) {
        return Objects.requireNonNull(counts.get(counter));
    }

    private static void add(AtomicLong count, long amount) {
        count.setOpaque(count.getPlain() + amount);
    }
}
