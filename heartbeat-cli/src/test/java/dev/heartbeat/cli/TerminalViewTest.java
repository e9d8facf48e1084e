package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TerminalViewTest {
    private static final List<String> NUMBERS = List.of(
            "1,000 beats/s", "rtt p50 0.21 ms p99 12.34 ms", "loop lag p99 103.25 ms", "server heap 2,592 B/node");

    @Test
    void noNumberIsCutWhereItDoesNotFit() {
        assertThat(TerminalView.wrapped(NUMBERS, 120)).containsExactly(String.join(", ", NUMBERS));
        assertThat(TerminalView.wrapped(NUMBERS, 80))
                .containsExactly(
                        "1,000 beats/s, rtt p50 0.21 ms p99 12.34 ms, loop lag p99 103.25 ms",
                        "server heap 2,592 B/node");
        assertThat(TerminalView.wrapped(NUMBERS, 40))
                .containsExactlyElementsOf(List.of(
                        "1,000 beats/s",
                        "rtt p50 0.21 ms p99 12.34 ms",
                        "loop lag p99 103.25 ms",
                        "server heap 2,592 B/node"));
    }

    @Test
    void textLongerThanALineIsCut() {
        assertThat(TerminalView.wrapped(List.of("1,000 beats/s"), 5)).containsExactly("1,000");
        assertThat(TerminalView.wrapped(List.of(), 5)).isEmpty();
    }
}
