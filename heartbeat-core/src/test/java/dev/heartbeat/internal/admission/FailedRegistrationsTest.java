package dev.heartbeat.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FailedRegistrationsTest {
    private static final int MAX_KEYS = 65_536;

    /** Before the clock's number wraps. */
    private static final long START = Long.MAX_VALUE - Duration.ofSeconds(30).toNanos();

    private static final InetSocketAddress HERE = new InetSocketAddress("192.0.2.1", 1);
    private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("192.0.2.2", 1);

    private final FailedRegistrations failures = new FailedRegistrations();

    private static long at(Duration after) {
        return START + after.toNanos();
    }

    private List<Long> waits(InetSocketAddress from, String id, int times) {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            waits.add(failures.failed(from, id, START));
        }
        return waits;
    }

    @Test
    void waitDoublesUpToAMinute() {
        assertThat(waits(HERE, "n1", 10))
                .containsExactly(0L, 1000L, 2000L, 4000L, 8000L, 16_000L, 32_000L, 60_000L, 60_000L, 60_000L);
    }

    @Test
    void anotherIdAndTheIdElsewhereAreNotMeant() {
        waits(HERE, "n1", 5);
        assertThat(failures.failed(HERE, "n2", START)).isZero();
        assertThat(failures.failed(ELSEWHERE, "n1", START)).isZero();
    }

    @Test
    void successForgetsTheFailuresOfItsOwnOnly() {
        waits(HERE, "n1", 5);
        waits(HERE, "n2", 2);
        failures.succeeded(HERE, "n1");
        failures.succeeded(ELSEWHERE, "n2");
        assertThat(failures.failed(HERE, "n1", START)).isZero();
        assertThat(failures.failed(HERE, "n2", START)).isEqualTo(2000);
    }

    @Test
    void failuresAreForgottenOneAfterTheOther() {
        waits(HERE, "n1", 5);
        assertThat(failures.failed(HERE, "n1", at(Duration.ofMinutes(3)))).isEqualTo(2000);
        assertThat(failures.failed(HERE, "n1", at(Duration.ofMinutes(20)))).isZero();
    }

    /** Whoever waits as long as it is asked to is still asked to wait for a minute. */
    @Test
    void patientGuesserIsNotForgotten() {
        waits(HERE, "n1", 8);
        for (int minute = 1; minute < 30; minute++) {
            assertThat(failures.failed(HERE, "n1", at(Duration.ofMinutes(minute))))
                    .isEqualTo(60_000);
        }
    }

    @Test
    void addressIsKnownForAMinute() {
        assertThat(failures.areRecent(HERE, START)).isFalse();
        waits(HERE, "n1", 1);
        failures.succeeded(HERE, "n1");
        assertThat(failures.areRecent(HERE, at(Duration.ofSeconds(59)))).isTrue();
        assertThat(failures.areRecent(ELSEWHERE, START)).isFalse();
        assertThat(failures.areRecent(HERE, at(Duration.ofSeconds(60)))).isFalse();
    }

    /** Beyond the bound waits are shared: a guesser cannot have its own forgotten. */
    @Test
    void tableIsBoundedAndForgetsNobody() {
        waits(HERE, "first", 4);
        for (int i = 0; i < 2 * MAX_KEYS; i++) {
            long unused = failures.failed(ELSEWHERE, "n" + i, START);
        }
        assertThat(failures.failed(HERE, "first", START)).isEqualTo(8000);
        assertThat(failures.failed(HERE, "late", START)).isPositive();
        // Of those that share a place, one that succeeds does not free the others.
        failures.succeeded(HERE, "late");
        assertThat(failures.failed(HERE, "late", START)).isPositive();
        assertThat(failures.failed(HERE, "late", at(Duration.ofMinutes(20)))).isZero();
    }
}
