package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Not how fast anything is, but that it is measured: a round fails unless every node had the
 * message.
 */
@Timeout(120)
final class BenchBroadcastTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... options) {
        List<String> arguments = new ArrayList<>(List.of("bench", "broadcast"));
        arguments.addAll(List.of(options));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(new String[0]));
    }

    @Test
    void everyNodeHasEveryMessage() {
        assertThat(run("--nodes=50", "--rounds=5")).as(err + "\n" + out).isZero();
        assertThat(out.toString())
                .contains("100 bytes to 50 nodes, 5 times")
                .containsPattern("until the last node had it +\\d+\\.\\d\\d ms")
                .containsPattern("CPU of the server: [0-9,]+ ns");
    }

    @Test
    void valueOutOfRangeIsAUsageError() {
        for (String option : List.of("--nodes=0", "--bytes=7", "--rounds=0")) {
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
