package dev.heartbeat.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AcceptPaceTest {
    private static final long MS = 1_000_000;

    /**
     * The number accepted from then on, if there are always more and the clock is read every
     * millisecond.
     */
    private static int acceptedWithin(AcceptPace pace, long fromNs, long milliseconds) {
        int accepted = 0;
        for (long now = fromNs; now - fromNs < milliseconds * MS; now += MS) {
            while (pace.waitNs(now) == 0 && accepted < 1_000_000) {
                pace.accepted(now);
                accepted++;
            }
        }
        return accepted;
    }

    private static AcceptPace of(int perSecond) {
        return new AcceptPace(
                TransportOptions.builder().acceptsPerSecond(perSecond).build());
    }

    @Test
    void evenAfterTheFirst() {
        AcceptPace pace = of(2000);
        assertThat(acceptedWithin(pace, 0, 1)).isEqualTo(200);
        assertThat(acceptedWithin(pace, MS, 1000)).isBetween(1990, 2010);
        assertThat(pace.waitNs(1000 * MS)).isPositive().isLessThanOrEqualTo(MS / 2);
    }

    @Test
    void aPauseGivesNoMoreThanATenthOfASecond() {
        AcceptPace pace = of(2000);
        acceptedWithin(pace, 0, 500);
        assertThat(acceptedWithin(pace, 3_600_000 * MS, 1)).isEqualTo(200);
    }

    @Test
    void oneAtATimeWhereASecondHasFewerThanTen() {
        AcceptPace pace = of(2);
        assertThat(acceptedWithin(pace, Long.MAX_VALUE - 10 * MS, 1)).isEqualTo(1);
        assertThat(pace.waitNs(Long.MAX_VALUE - 10 * MS)).isEqualTo(500 * MS);
    }

    @Test
    void noPaceIsNoWait() {
        assertThat(acceptedWithin(of(0), 0, 1)).isEqualTo(1_000_000);
    }
}
