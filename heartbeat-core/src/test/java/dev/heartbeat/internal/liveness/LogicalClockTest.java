package dev.heartbeat.internal.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.internal.loop.LogicalClock;
import org.junit.jupiter.api.Test;

final class LogicalClockTest {
    private static final long MS = 1_000_000;
    // The monotonic clock may wrap.
    private final long start = Long.valueOf(Long.MAX_VALUE) - 500 * MS;
    private final LogicalClock clock = new LogicalClock(start);

    private long logical() {
        return clock.nowNs() - start;
    }

    @Test
    void followsTheMonotonicClock() {
        clock.advance(start + 100 * MS, Long.MAX_VALUE);
        clock.advance(start + 300 * MS, start + 250 * MS);
        clock.advance(start + 900 * MS, start + 800 * MS);

        assertThat(logical()).isEqualTo(900 * MS);
        assertThat(clock.stalls()).isZero();
    }

    @Test
    void plannedSleepIsNoStall() {
        assertThat(clock.advance(start + 25_000 * MS, start + 25_000 * MS)).isZero();
        assertThat(logical()).isEqualTo(25_000 * MS);
    }

    @Test
    void wakingMuchLaterThanPlannedIsAStallAndCountsOnlyAsTheLag() {
        long stalled = clock.advance(start + 30_000 * MS, start + 1_000 * MS);

        assertThat(logical()).isEqualTo(LogicalClock.MAX_LAG_NS);
        assertThat(stalled).isEqualTo(30_000 * MS - LogicalClock.MAX_LAG_NS);
        assertThat(clock.creditedNs()).isEqualTo(stalled);
        assertThat(clock.stalls()).isEqualTo(1);
    }

    @Test
    void latenessWithinTheLagIsNoStall() {
        assertThat(clock.advance(start + 1_000 * MS + LogicalClock.MAX_LAG_NS, start + 1_000 * MS))
                .isZero();
        assertThat(logical()).isEqualTo(1_000 * MS + LogicalClock.MAX_LAG_NS);
    }

    @Test
    void lossesInTheAftermathAreGivenTheStall() {
        long stalled = clock.advance(start + 30_000 * MS, start);
        assertThat(clock.aftermathNs()).isEqualTo(stalled);
        clock.advance(start + 34_000 * MS, Long.MAX_VALUE);
        assertThat(clock.aftermathNs()).isEqualTo(stalled);
        clock.advance(start + 36_000 * MS, Long.MAX_VALUE);
        assertThat(clock.aftermathNs()).isZero();
    }

    @Test
    void stallWhileCatchingUpDoesNotMakeTheFirstForgotten() {
        long first = clock.advance(start + 10_000 * MS, start);
        long second = clock.advance(start + 10_600 * MS, start + 10_000 * MS);

        assertThat(second).isPositive();
        assertThat(clock.aftermathNs()).isEqualTo(first + second);
    }
}
