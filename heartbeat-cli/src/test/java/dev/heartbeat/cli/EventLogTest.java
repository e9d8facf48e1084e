package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final EventLog log = new EventLog();

    @Test
    void countsNodesByTheLastThatWasToldOfThem() {
        tell("online", "a");
        tell("online", "b");
        tell("suspect", "b");
        tell("online", "a");

        assertThat(log.count("online")).isEqualTo(1);
        assertThat(log.count("suspect")).isEqualTo(1);
        assertThat(log.count("offline")).isZero();
        assertThat(log.areAll(List.of("a"), "online")).isTrue();
        assertThat(log.areAll(List.of("a", "b"), "online")).isFalse();
        assertThat(log.areAll(List.of("c"), "online")).isFalse();
        assertThat(log.nodeLines()).hasSize(4);
    }

    @Test
    void keepsTheLatestNumbers() {
        log.add(EventLine.now("stats").with("online", 1));
        log.add(EventLine.now("stats").with("online", 2));

        assertThat(log.last("stats").orElseThrow().number("online")).isEqualTo(2);
        assertThat(log.last("listening")).isEmpty();
        assertThat(log.nodeLines()).isEmpty();
    }

    @Test
    void waitsForALineOrForTheEndOfPatience() throws Exception {
        Thread teller = new Thread(() -> tell("online", "a"));
        teller.start();

        assertThat(log.await(() -> log.count("online") == 1, Duration.ofSeconds(10)))
                .isTrue();
        assertThat(log.await(() -> log.count("online") == 2, Duration.ofMillis(50)))
                .isFalse();
        teller.join();
    }

    private void tell(String event, String node) {
        log.add(EventLine.now(event).with("node", node));
    }
}
