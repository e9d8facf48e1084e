package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Not how fast anything is, but that it is measured: a turn fails unless everything that was sent
 * has arrived.
 */
@Timeout(120)
final class BenchMessagesTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... options) {
        List<String> arguments = new ArrayList<>(List.of("bench", "messages"));
        arguments.addAll(List.of(options));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(new String[0]));
    }

    @Test
    @Tag("long")
    void everyStreamCarriesMessagesAndIsComparedWithThePlainSocket() {
        assertThat(run("--rounds=1", "--for=200ms", "--before=200ms"))
                .as(err.toString())
                .isZero();
        for (String stream : List.of("plain 100 B", "channel 0, 100 B", "plain 1 MiB", "channel 0, 1 MiB")) {
            assertThat(number(stream, 1)).as("%s: messages per second", stream).isPositive();
            assertThat(number(stream, 4)).as("%s: CPU of the receiver", stream).isPositive();
            assertThat(number(stream, 7)).as("%s: CPU of the sender", stream).isPositive();
        }
        assertThat(number("plain 100 B", 3)).isEqualTo(1);
        assertThat(number("channel 0, 100 B", 3)).isBetween(0.0, 10.0);
    }

    private double number(String stream, int column) {
        String[] cells = out.toString()
                .lines()
                .map(line -> line.split(" {2,}"))
                .filter(line -> line[0].equals(stream))
                .findFirst()
                .orElseThrow(() -> new AssertionError(stream + " is not in " + out));
        assertThat(cells).as(Arrays.toString(cells)).hasSize(10);
        return Double.parseDouble(cells[column].replace(",", ""));
    }

    @Test
    void onlyWhatIsAskedForRuns() {
        assertThat(run("--rounds=1", "--for=100ms", "--before=100ms", "--only=plain 100"))
                .isZero();
        assertThat(out.toString()).contains("plain 100 B").doesNotContain("channel");
    }

    @Test
    void aStreamThatNobodyKnowsIsAnErrorOfUse() {
        assertThat(run("--only=carrier pigeon")).isEqualTo(2);
        assertThat(err.toString()).contains("carrier pigeon");
    }

    @Test
    void aJavaThatDoesNotStartIsToldInALine() {
        assertThat(run("--rounds=1", "--only=plain 100", "--receiver-java=-XX:+NoSuchOption"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("receiver ended");
    }
}
