package dev.heartbeat.internal.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MassGuardTest {
    private static final long SECOND = 1_000_000_000L;

    private final MassGuard guard = new MassGuard(0.1, 100, 10 * SECOND);

    @Test
    void needsBothShareAndNumber() {
        assertThat(guard.holds(100, 200, 0)).isFalse();
        assertThat(guard.holds(101, 1011, 0)).isFalse();
        assertThat(guard.holds(101, 1000, 0)).isTrue();
    }

    @Test
    void endsWhenFewAreSuspected() {
        assertThat(guard.holds(500, 1000, 0)).isTrue();
        assertThat(guard.holds(100, 1000, SECOND)).isFalse();
        assertThat(guard.isHolding()).isFalse();
        assertThat(guard.holds(500, 1000, 2 * SECOND)).isTrue();
        assertThat(guard.engagements()).isEqualTo(2);
    }

    @Test
    void endsWhenEverybodyIsWellAgainAndNobodyAsks() {
        assertThat(guard.holds(500, 1000, 0)).isTrue();

        guard.relax(101, 1000);
        assertThat(guard.isHolding()).as("still many").isTrue();
        guard.relax(0, 1000);
        assertThat(guard.isHolding()).isFalse();

        assertThat(guard.holds(500, 1000, 100 * SECOND)).as("a new wave").isTrue();
        assertThat(guard.engagements()).isEqualTo(2);
    }

    @Test
    void holdsTheNextWaveWhenTheLastOneWasReleased() {
        for (long now = 0; now <= 10 * SECOND; now += SECOND / 4) {
            guard.holds(500, 1000, now);
        }
        assertThat(guard.isHolding()).isFalse();

        guard.relax(0, 1000);

        assertThat(guard.holds(500, 1000, 100 * SECOND)).isTrue();
    }

    @Test
    void endsAfterTheLongestHoldAndStaysOpenUntilTheSuspectsAreFew() {
        long now = 0;
        while (guard.holds(500, 1000, now)) {
            now += SECOND / 4;
            assertThat(now).isLessThanOrEqualTo(10 * SECOND);
        }
        assertThat(now).isEqualTo(10 * SECOND);
        assertThat(guard.holds(499, 999, now)).isFalse();
        assertThat(guard.holds(101, 601, now)).isFalse();
        assertThat(guard.holds(50, 550, now)).isFalse();
        assertThat(guard.holds(500, 1000, now)).as("a new wave").isTrue();
    }

    @Test
    void timeInWhichNobodyAskedDoesNotCount() {
        assertThat(guard.holds(500, 1000, 0)).isTrue();
        assertThat(guard.holds(500, 1000, 60 * SECOND)).isTrue();
    }

    @Test
    void holdOfZeroIsNoGuard() {
        MassGuard off = new MassGuard(0.1, 100, 0);
        assertThat(off.holds(500, 1000, 0)).isFalse();
        assertThat(off.holds(500, 1000, 1)).isFalse();
    }
}
