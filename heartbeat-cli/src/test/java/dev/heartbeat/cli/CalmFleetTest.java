package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CalmFleetTest {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @Test
    void everyHeartbeatIsAnsweredAndCounted() {
        CalmFleet.Result result = new CalmFleet(1000, INTERVAL).run(Duration.ofSeconds(20));

        assertThat(result.violation()).isNull();
        assertThat(result.sampled()).isEqualTo(16);
        assertThat(result.heartbeats()).isBetween(19_000L, 21_000L);
        assertThat(result.cpu()).isPositive();
    }
}
