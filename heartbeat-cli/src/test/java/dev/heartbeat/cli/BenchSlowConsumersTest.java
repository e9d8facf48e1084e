package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * That who never reads is closed in time, and nobody else hurt; that the memory is measured, and
 * within its bound.
 */
@Timeout(120)
final class BenchSlowConsumersTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... options) {
        List<String> arguments = new ArrayList<>(List.of("bench", "slow-consumers"));
        arguments.addAll(List.of(options));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(new String[0]));
    }

    @Test
    @Tag("long")
    void peerThatNeverReadsIsClosedAlone() {
        assertThat(run("--slow=100", "--others=5")).as(err + "\n" + out).isZero();
        assertThat(out.toString())
                .contains("100 of them connected at the peak")
                .contains("closed by the server: 100, from 1")
                .contains("suspected for silence: 0")
                .contains("of the others: SUSPECT 0, OFFLINE 0");
    }

    @Test
    void valueOutOfRangeIsAUsageError() {
        for (String option : List.of("--slow=0", "--others=1")) {
            assertThat(run(option)).as(option).isEqualTo(2);
            assertThat(err.toString()).contains(option.substring(0, option.indexOf('=')) + " is ");
        }
    }

    @Test
    void aServerThatDoesNotStartIsToldInALine() {
        assertThat(run("--server-java=-XX:+NoSuchOption")).isEqualTo(1);
        assertThat(err.toString()).contains("server ended");
    }
}
