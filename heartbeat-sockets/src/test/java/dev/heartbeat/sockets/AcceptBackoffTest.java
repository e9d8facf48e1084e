package dev.heartbeat.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class AcceptBackoffTest {

    private final AcceptBackoff backoff = new AcceptBackoff();

    @Test
    void growsFromTenMillisecondsToASecond() {
        assertThat(Stream.generate(backoff::failed).limit(10).map(delay -> (int) delay.toMillis()))
                .containsExactly(10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000);
    }

    @Test
    void isFreshUntilAFailureAndAfterASuccess() {
        assertThat(backoff.isFresh()).isTrue();
        backoff.failed();
        assertThat(backoff.isFresh()).isFalse();
        backoff.succeeded();
        assertThat(backoff.isFresh()).isTrue();
        assertThat(backoff.failed()).hasMillis(10);
    }
}
