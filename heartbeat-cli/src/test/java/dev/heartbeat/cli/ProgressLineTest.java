package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ProgressLineTest {
    private final StringWriter printed = new StringWriter();
    private long nanos;

    @Test
    void aPipeGetsALineAtOnceThenNowAndThenAndTheLast() {
        ProgressLine line = new ProgressLine(new PrintWriter(printed), false, () -> nanos);

        for (int second = 0; second <= 12; second++) {
            line.accept(second + " of 12  ");
            line.accept(second + " of 12, again");
            nanos += Duration.ofSeconds(1).toNanos();
        }
        line.close();

        assertThat(printed.toString().lines()).containsExactly("0 of 12", "5 of 12", "10 of 12", "12 of 12, again");
    }

    @Test
    void theLastLineIsNotPrintedTwice() {
        ProgressLine line = new ProgressLine(new PrintWriter(printed), false, () -> nanos);

        line.accept("1 of 1");
        line.close();

        assertThat(printed.toString().lines()).containsExactly("1 of 1");
    }

    @Test
    void noNumberIsCut() {
        assertThat(ProgressLine.whole("load 10% 18,000 nodes", 80)).isEqualTo("load 10% 18,000 nodes");
        assertThat(ProgressLine.whole("load 10% 18,0", 13)).isEqualTo("load 10%     ");
        assertThat(ProgressLine.whole("load 10%     ", 13)).isEqualTo("load 10%     ");
    }

    @Test
    void aTerminalGetsOneLineDrawnAgainInPlace() {
        ProgressLine line = new ProgressLine(new PrintWriter(printed), true, () -> nanos);

        line.accept("1 of 2");
        line.accept("2 of 2");
        line.close();

        assertThat(printed.toString()).isEqualTo("\r1 of 2\r2 of 2" + System.lineSeparator());
    }
}
