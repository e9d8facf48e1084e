package dev.heartbeat.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("M34")
final class BackoffTest {

    @Test
    void waitsAreSpreadOverZeroToTheDoubledBase() {
        for (int failures = 0; failures < 100; failures++) {
            long bound = failures < 7 ? 10L << failures : 1000;
            long least = Long.MAX_VALUE;
            long most = 0;
            for (int sample = 0; sample < 300; sample++) {
                Backoff backoff = new Backoff(10, 1000, new Random(sample * 1000L + failures));
                for (int i = 0; i < failures; i++) {
                    backoff.nextDelayNs(Long.MAX_VALUE);
                }
                long delay = backoff.nextDelayNs(Long.MAX_VALUE);
                least = Math.min(least, delay);
                most = Math.max(most, delay);
            }
            assertThat(least).isBetween(0L, bound / 8);
            assertThat(most).isBetween(bound * 7 / 8, bound);
        }
    }

    @Test
    void resetBeginsAgain() {
        Backoff backoff = new Backoff(10, 1_000_000, new Random(1));
        for (int i = 0; i < 20; i++) {
            backoff.nextDelayNs(Long.MAX_VALUE);
        }
        backoff.reset();
        assertThat(backoff.nextDelayNs(Long.MAX_VALUE)).isLessThanOrEqualTo(10);
    }

    @Test
    void ceilingHoldsForOneTime() {
        Backoff backoff = new Backoff(1_000_000, 1_000_000, new Random(1));
        for (int i = 0; i < 50; i++) {
            assertThat(backoff.nextDelayNs(7)).isBetween(0L, 7L);
        }
        assertThat(backoff.nextDelayNs(Long.MAX_VALUE)).isBetween(0L, 1_000_000L);
    }

    @Test
    void cappedWaitDoesNotDouble() {
        for (int sample = 0; sample < 300; sample++) {
            Backoff backoff = new Backoff(10, 1_000_000, new Random(sample));
            for (int i = 0; i < 50; i++) {
                backoff.nextDelayNs(25);
            }
            assertThat(backoff.nextDelayNs(Long.MAX_VALUE)).isLessThanOrEqualTo(40);
            assertThat(backoff.nextDelayNs(Long.MAX_VALUE)).isLessThanOrEqualTo(80);
        }
    }

    @Test
    void doublingNeverOverflows() {
        Backoff backoff = new Backoff(3, Long.MAX_VALUE - 1, new Random(1));
        for (int i = 0; i < 200; i++) {
            assertThat(backoff.nextDelayNs(Long.MAX_VALUE)).isNotNegative();
        }
    }
}
