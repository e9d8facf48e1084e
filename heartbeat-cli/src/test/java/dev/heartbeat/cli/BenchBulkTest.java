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
 * That it is measured, that every message of bulk came whole and in order, and that nobody was
 * suspected for it.
 */
@Timeout(120)
final class BenchBulkTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... options) {
        List<String> arguments = new ArrayList<>(List.of("bench", "bulk"));
        arguments.addAll(List.of(options));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(new String[0]));
    }

    @Test
    @Tag("long")
    void bulkArrivesWholeAndNobodyIsSuspected() {
        assertThat(run("--nodes=20", "--channels=3", "--gib=0.1", "--quiet-for=3s"))
                .as(err + "\n" + out)
                .isZero();
        assertThat(out.toString()).contains("0.10 GiB over 3 channels", "; 0 not as sent", "SUSPECT 0, OFFLINE 0");
        assertThat(beats("the nodes, without bulk")).isGreaterThanOrEqualTo(20);
        assertThat(beats("the sender, without bulk")).isPositive();
    }

    private int beats(String row) {
        return out.toString()
                .lines()
                .filter(line -> line.startsWith(row))
                .mapToInt(line -> Integer.parseInt(line.split(" {2,}", -1)[1].replace(",", "")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(row + " is not in " + out));
    }

    @Test
    void valueOutOfRangeIsAUsageError() {
        for (String option : List.of("--gib=0", "--channels=0", "--nodes=0", "--quiet-for=1s")) {
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
