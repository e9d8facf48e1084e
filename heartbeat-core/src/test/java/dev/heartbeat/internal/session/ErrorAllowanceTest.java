package dev.heartbeat.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sixteen errors at once, and one more each minute. */
@Tag("M49")
final class ErrorAllowanceTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** Anywhere: only differences count. */
    private static final long START = Long.MAX_VALUE - MINUTE;

    private final ErrorAllowance allowance = new ErrorAllowance();

    private int allowedAt(long nowNs) {
        int allowed = 0;
        while (allowance.allows(nowNs)) {
            allowed++;
        }
        return allowed;
    }

    @Test
    void sixteenAtOnce() {
        assertThat(allowedAt(START)).isEqualTo(16);
    }

    @Test
    void oneEachMinuteForEver() {
        long now = START;
        for (int i = 0; i < 1000; i++) {
            assertThat(allowance.allows(now)).as("error %d", i).isTrue();
            now += MINUTE;
        }
    }

    @Test
    void aLittleMoreThanOneEachMinuteIsTooMuchInTheEnd() {
        long now = START;
        int allowed = 0;
        while (allowance.allows(now)) {
            allowed++;
            now += MINUTE * 9 / 10;
        }
        assertThat(allowed).isBetween(140, 180);
    }

    @Test
    void unusedAllowanceIsNotSaved() {
        assertThat(allowance.allows(START)).isTrue();
        assertThat(allowedAt(START + 1000 * MINUTE)).isEqualTo(16);
    }
}
