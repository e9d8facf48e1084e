package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLineTest {
    private static final Instant TIME = Instant.parse("2026-11-20T12:34:56.789012Z");

    @Test
    void isOneJsonObjectInTheOrderOfItsFields() {
        EventLine line = EventLine.at(TIME, "suspect")
                .with("node", "a\"b\nc")
                .withEpoch(Long.MAX_VALUE)
                .with("reason", null);

        assertThat(line)
                .hasToString("{\"time\":1795178096789.012,\"event\":\"suspect\",\"node\":\"a\\\"b\\nc\","
                        + "\"epoch\":\"9223372036854775807\"}");
        assertThat(line.toString()).doesNotContain("\n");
    }

    /** Metadata comes from nodes, and a line may be shown by a terminal. */
    @Test
    void nothingInItSteersATerminal() {
        String hostile = "\u001b[2J\u007f\u009b1m\u0085\u2028\u202e\u2066\u200f\ufeff";
        EventLine line = EventLine.at(TIME, "online")
                .with("metadata", Map.of("zone", hostile))
                .with("text", "\u670d\u52a1");

        assertThat(line.toString())
                .contains("\\u001B[2J\\u007F\\u009b1m\\u0085\\u2028\\u202e\\u2066\\u200f\\ufeff", "\u670d\u52a1");
        assertThat(((Map<?, ?>) EventLine.parse(line.toString()).fields().get("metadata")).get("zone"))
                .isEqualTo(hostile);
    }

    @Test
    void isReadBackAsItWasWritten() {
        EventLine line = EventLine.at(TIME, "online")
                .with("node", "schön-1")
                .withEpoch(Long.MAX_VALUE)
                .with("metadata", Map.of("zone", "a"));

        EventLine read = EventLine.parse(line.toString());

        assertThat(read.time()).isEqualTo(TIME);
        assertThat(read.event()).isEqualTo("online");
        assertThat(read.text("node")).isEqualTo("schön-1");
        assertThat(read.epoch()).isEqualTo(Long.MAX_VALUE);
        assertThat(read.integer("missing")).isZero();
        assertThat(read.text("reason")).isEmpty();
        assertThat(read.number("missing")).isZero();
        assertThat(read.has("metadata")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "no JSON", "[]", "{}", "{\"time\":1.5}", "{\"event\":\"online\"}", "{\"time\":1,\"event\":2}"
            })
    void nothingElsePassesForALine(String text) {
        assertThatThrownBy(() -> EventLine.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not an event line: " + text);
    }
}
