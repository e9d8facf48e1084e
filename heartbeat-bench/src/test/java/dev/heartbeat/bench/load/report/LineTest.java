package dev.heartbeat.bench.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LineTest {
    @Test
    void fitsPoints() {
        Line line = Line.through(List.of(1.0, 2.0, 3.0, 4.0), List.of(6.0, 5.0, 7.0, 10.0));
        assertThat(line.slope()).isEqualTo(1.4, within(1e-12));
        assertThat(line.start()).isEqualTo(3.5, within(1e-12));
        assertThat(line.at(10)).isEqualTo(17.5, within(1e-12));
    }

    @Test
    void throughOnePointItComesFromNothing() {
        assertThat(Line.through(List.of(2.0), List.of(6.0)).at(10)).isEqualTo(30, within(1e-12));
    }
}
