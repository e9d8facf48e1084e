package dev.heartbeat.micrometer;

import io.micrometer.core.instrument.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Takes a snapshot of a source once for all the meters that a registry reads together. It keeps the
 * last one, and nothing of the source. Any thread.
 */
final class Snapshots<S, T> {
    /** Longer than one scrape takes, and shorter than the time between two. */
    private static final long MAX_AGE_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Clock clock;
    private final Function<S, @Nullable T> taker;

    private @Nullable T last;
    private long takenNs;

    /**
     * One that has taken nothing yet.
     *
     * @param taker gives null while there is nothing to take
     */
    Snapshots(Clock clock, Function<S, @Nullable T> taker) {
        this.clock = clock;
        this.taker = taker;
    }

    /** A number of just now; {@code none} while there are no numbers. */
    double read(S source, ToDoubleFunction<T> value, double none) {
        T numbers = of(source);
        return numbers == null ? none : value.applyAsDouble(numbers);
    }

    private synchronized @Nullable T of(S source) {
        long nowNs = clock.monotonicTime();
        if (last == null || nowNs - takenNs >= MAX_AGE_NS) {
            last = taker.apply(source);
            takenNs = nowNs;
        }
        return last;
    }
}
