package dev.heartbeat.internal.admission;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RatesTest {
    private static final int MAX_KEYS = 65_536;

    /** Before the clock's number wraps. */
    private static final long START = Long.MAX_VALUE - SECONDS.toNanos(3);

    private static Rates<Integer> rates(long perSpan, long seconds) {
        Rates<Integer> rates = new Rates<>();
        rates.limit(perSpan, seconds);
        return rates;
    }

    private static int taken(Rates<Integer> rates, int key, long nowNs) {
        int taken = 0;
        while (taken < 1000 && rates.take(key, nowNs)) {
            taken++;
        }
        return taken;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE - 4_000_000_000L, Long.MIN_VALUE})
    void bucketIsEmptiedAtOnceAndRefillsEvenly(long startNs) {
        Rates<Integer> rates = rates(20, 10);
        assertThat(taken(rates, 1, startNs)).isEqualTo(20);
        assertThat(taken(rates, 1, startNs + MILLISECONDS.toNanos(499))).isZero();
        assertThat(taken(rates, 1, startNs + MILLISECONDS.toNanos(1500))).isEqualTo(3);
        assertThat(taken(rates, 1, startNs + SECONDS.toNanos(60))).isEqualTo(20);
        assertThat(taken(rates, 2, startNs + SECONDS.toNanos(60))).isEqualTo(20);
    }

    @Test
    void limitCanChangeWhileItRuns() {
        Rates<Integer> rates = rates(5, 60);
        assertThat(taken(rates, 1, START)).isEqualTo(5);
        rates.limit(0, 60);
        assertThat(rates.take(1, START)).isTrue();
        rates.limit(10, 1);
        assertThat(taken(rates, 1, START)).isEqualTo(10);
        rates.limit(10, 1);
        assertThat(taken(rates, 1, START)).isZero();
        assertThat(taken(rates, 1, START + SECONDS.toNanos(1))).isEqualTo(10);
    }

    /** Strangers of any number cannot have an empty bucket forgotten, nor the table grow. */
    @Test
    void emptyBucketIsKeptHoweverManyOthersCome() {
        Rates<Integer> rates = rates(10, 10);
        assertThat(taken(rates, -1, START)).isEqualTo(10);
        for (int key = 0; key < 3 * MAX_KEYS; key++) {
            boolean unused = rates.take(key, START + key);
        }
        assertThat(rates.take(-1, START + MILLISECONDS.toNanos(900))).isFalse();
        assertThat(rates.keys()).isEqualTo(MAX_KEYS);
        // Whoever comes now shares.
        assertThat(taken(rates, 4 * MAX_KEYS, START)).isLessThan(10);
        // All have run off.
        assertThat(taken(rates, -2, START + SECONDS.toNanos(21))).isEqualTo(10);
        assertThat(rates.keys()).isOne();
    }

    /** Against buckets that are never forgotten. */
    @Test
    void forgettingChangesNothing() {
        SplittableRandom random = new SplittableRandom(11);
        Rates<Integer> rates = rates(4, 2);
        Map<Integer, Long> fullNs = new HashMap<>();
        long gapNs = MILLISECONDS.toNanos(500);
        long nowNs = START;
        for (int step = 0; step < 50_000; step++) {
            nowNs += random.nextInt(50) == 0 ? SECONDS.toNanos(random.nextInt(6)) : random.nextLong(20_000_000);
            int key = random.nextInt(40);
            long left = Math.max(0, fullNs.getOrDefault(key, nowNs) - nowNs);
            boolean may = left + gapNs <= SECONDS.toNanos(2);
            if (may) {
                fullNs.put(key, nowNs + left + gapNs);
            }
            assertThat(rates.take(key, nowNs)).as("step %d", step).isEqualTo(may);
        }
    }
}
