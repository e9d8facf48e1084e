package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.bench.Progress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CalmFleetTest {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private int steps;

    @Test
    void everyHeartbeatIsAnsweredAndCounted() {
        CalmFleet.Result result = new CalmFleet(1000, INTERVAL).run(Duration.ofSeconds(20), new Progress() {
            @Override
            public void step(String label) {
                steps++;
            }

            @Override
            public void note(String text) {}
        });

        assertThat(result.violation()).isNull();
        assertThat(result.sampled()).isEqualTo(16);
        assertThat(result.heartbeats()).isBetween(19_000L, 21_000L);
        assertThat(result.cpu()).isPositive();
        assertThat(steps).isEqualTo(CalmFleet.STEPS);
    }
}
