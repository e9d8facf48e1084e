package dev.heartbeat.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.bench.load.server.State;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An attack is borne if no honest node was harmed, and the server is idle again. */
final class HostileTest {
    private static boolean isBorne(long suspect, long offline, @Nullable Duration idleAfter) {
        return new Hostile.Result(
                        "a server",
                        new State(suspect, offline, 7, 7, 7),
                        new Hostile.Heap(1, 2, 1),
                        1,
                        idleAfter,
                        4000,
                        Map.of("FOREIGN", 9L))
                .isBorne();
    }

    @Test
    void onlyACalmServerHasBorneIt() {
        assertThat(isBorne(0, 0, Duration.ofSeconds(2))).isTrue();
        assertThat(isBorne(1, 0, Duration.ofSeconds(2))).isFalse();
        assertThat(isBorne(0, 1, Duration.ofSeconds(2))).isFalse();
        assertThat(isBorne(0, 0, null)).isFalse();
    }
}
