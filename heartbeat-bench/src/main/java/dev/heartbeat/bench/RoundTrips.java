package dev.heartbeat.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The time that the heartbeats of some nodes took since it was last asked. Any thread. */
public final class RoundTrips {
    RoundTrips() {}

    private long[] micros = new long[1024];
    private int count;

    synchronized void add(Duration took) {
        if (count == micros.length) {
            micros = Arrays.copyOf(micros, 2 * count);
        }
        micros[count++] = took.toNanos() / 1000;
    }

    synchronized Summary take() {
        long[] sorted = Arrays.copyOf(micros, count);
        count = 0;
        Arrays.sort(sorted);
        return Summary.of(sorted);
    }

    /**
     * Microseconds; all 0 where there was none.
     *
     * @param count how many there were
     * @param p50 the median
     * @param p99 the 99th percentile
     * @param max the longest
     */
    public record Summary(long count, long p50, long p99, long max) {
        static final Summary NONE = new Summary(0, 0, 0, 0);

        static Summary of(long[] sorted) {
            return new Summary(sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
        }

        private static long at(long[] sorted, double quantile) {
            return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(quantile * sorted.length) - 1];
        }

        String toLine() {
            return LongStream.of(count, p50, p99, max).mapToObj(Long::toString).collect(Collectors.joining(" "));
        }

        static Summary of(long[] numbers, int from) {
            return new Summary(numbers[from], numbers[from + 1], numbers[from + 2], numbers[from + 3]);
        }
    }
}
