package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {

    @ParameterizedTest
    @CsvSource({
        "0s, PT0S, 0ms",
        "500ms, PT0.5S, 500ms",
        "1.5ms, PT0.0015S, 1.5ms",
        "1000ms, PT1S, 1s",
        "2.5s, PT2.5S, 2.5s",
        "30s, PT30S, 30s",
        "90s, PT1M30S, 90s",
        "5m, PT5M, 5m",
        "60m, PT1H, 1h",
        "1.5h, PT1H30M, 90m",
        "100s, PT1M40S, 100s"
    })
    void readsAndWritesWhatPeopleWrite(String written, Duration meant, String shortest) {
        assertThat(new DurationConverter().convert(written)).isEqualTo(meant);
        assertThat(DurationConverter.format(meant)).isEqualTo(shortest);
        assertThat(new DurationConverter().convert(shortest)).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5x", "-5s", "s", "1.s", "1 s", "PT5S", "1m30s", "99999999999999h"})
    void refusesAnythingElseWithAnExample(String written) {
        assertThatThrownBy(() -> new DurationConverter().convert(written))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + written + "'")
                .hasMessageContaining("500ms");
    }
}
