package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(20)
class OptionsTest {
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine = Main.commandLine().setErr(new PrintWriter(err, true));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server --timeout 5x             | --timeout  | 5x",
                "server --timeout 0s             | --timeout | 0ms",
                "server --port 70000             | --port     | 70000",
                "server --port abc               | --port     | abc",
                "server --interval 5s --suspect 1s | --suspect | 1 s",
                "server --stats-every 0s         | --stats-every | 0ms",
                "client --stats-every 0s         | --stats-every | 0ms",
                "client --metadata x             | --metadata | x",
                "server --max-connections -1     | --max-connections | -1",
                "server --max-nodes-per-connection -1 | --max-nodes-per-connection | -1",
                "server --takeover sometimes     | --takeover | sometimes",
                "server --mass-guard-share 7     | --mass-guard-share | 7",
                "server --transport pigeon       | --transport | pigeon",
                "client --transport pigeon       | --transport | pigeon",
                "server --processes 0            | --processes | 0",
                "server --processes 1001         | --processes | 1001",
                "server --processes 2 --port 70000 | --port | 70000",
                "server --processes many         | --processes | many",
                "client --processes 3 --count 2  | --processes | 3",
                "client --count 9 --spread --host localhost | --spread | localhost",
                "client --port 0                 | --port     | 0",
                "client --count 0                | --count    | 0",
                "client --count 100000000        | --count    | 100000000",
                "client --node-id a --count 2    | --count    | 2",
                "client --node-id a/b            | --node-id  | a/b",
                "client --node-id-prefix /       | --node-id-prefix | /1",
                "client --reconnect-cap 1ms      | --reconnect-cap | 1 ms",
                "client --handshake-timeout 1h   | --handshake-timeout | 3600 s",
                "client --connect-rate 0         | --connect-rate | 0",
                "client --connections 0          | --connections | 0",
                "client --connections 2 --count 3 | --connections | 3",
                "client --nodes-per-connection 0 | --nodes-per-connection | 0",
                "client --node-id a --connections 2 | --count | 2",
                "demo --nodes 2                  | --nodes    | 2",
                "demo --nodes 100000000          | --nodes    | 100000000",
                "demo --interval 1ms             | --interval | 1ms",
                "demo --suspect 1s               | --suspect  | 1s",
                "demo --timeout 2s               | --timeout  | 2s",
                "demo --tolerance 0s             | --tolerance | 0ms",
                "simulate --seeds 0              | --seeds    | 0",
                "simulate --threads 0            | --threads  | 0",
                "simulate --threads 1000000      | --threads  | 1000000",
                "simulate calm --interval 0s     | --interval | 0ms",
                "simulate calm --interval 25h --for 25h | --interval | 25h",
                "simulate calm --nodes 0         | --nodes    | 0",
                "simulate calm --for 0s          | --for      | 0ms",
                "bench messages --for 0s         | --for      | 0ms",
                "bench messages --rounds 0       | --rounds   | 0",
                "bench messages --only nothing   | --only     | nothing",
                "load plan --intervals 0s        | --intervals | 0ms",
                "load plan --sizes 0             | --sizes    | 0",
                "load closed --out /dev/null/x   | --out      | /dev/null/x"
            })
    void aBadOptionIsOneLineWithItsNameAndValue(String arguments, String option, String value) {
        assertThat(commandLine.execute(arguments.trim().split(" +"))).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().contains(option.trim(), value.trim());
    }

    /** Another option may be at odds with what was set, by its default. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server --timeout 5s --interval 9s | --timeout is 5 s, | --interval is 9 s",
                "server --interval 60s             | --interval is 60 s, | --timeout is 30 s (default)",
            })
    void silenceThatDoesNotFitNamesWhatWasSet(String arguments, String refused, String reason) {
        assertThat(commandLine.execute(arguments.trim().split(" +"))).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("heartbeat server: " + refused.trim())
                .contains(reason.trim())
                .doesNotContain("--suspect");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "serve", "server --prot 1", "server extra", "demo --nodes"})
    void unknownCommandsAreUsageErrors(String arguments) {
        assertThat(commandLine.execute(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
    }

    @Test
    void theRangeIsInTheWordsOfTheCommand() {
        CommandLine server = commandLine.getSubcommands().get("server");

        assertThat(OptionNames.inWordsOf(
                        server,
                        new IllegalArgumentException("heartbeatTimeout is 5 s, allowed is 6 s (suspectAfter) to 9 s")))
                .hasMessage("--timeout is 5 s, allowed is 6 s (--suspect) to 9 s");
        assertThat(OptionNames.inWordsOf(server, new IllegalArgumentException("transport is x, allowed: transport y")))
                .hasMessage("--transport is x, allowed: transport y");
        assertThat(OptionNames.inWordsOf(server, new IllegalArgumentException("something else")))
                .hasMessage("something else");
    }

    @Test
    void tooManyNodesNamesTheLimitAndTheWayOut() {
        commandLine.execute("demo", "--nodes", "100000000");

        assertThat(err.toString()).contains("allowed is 3 to " + Limits.connections(), "ulimit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"client --count 0", "demo --nodes 0", "load closed --connections 0"})
    void tooFewIsNoReasonToRaiseALimit(String arguments) {
        commandLine.execute(arguments.split(" "));

        assertThat(err.toString()).contains("allowed is ").doesNotContain("ulimit");
    }

    @Test
    void aFileThatCannotBeWrittenIsOneLine() {
        assertThat(commandLine.execute("simulate", "--seeds", "1", "--resume", "/dev/null/x"))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .anyMatch(line ->
                        line.startsWith("heartbeat simulate: --resume is /dev/null/x, which cannot be written"));
        assertThat(err.toString()).doesNotContain("\tat ", "Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bench", "bench --help"})
    void benchSaysWhatThereIsToRun(String arguments) {
        StringWriter out = new StringWriter();
        commandLine.setOut(new PrintWriter(out, true));

        assertThat(commandLine.execute(arguments.split(" "))).isZero();

        assertThat(out.toString()).contains("messages", "bulk", "broadcast", "slow", "JMH");
        assertThat(err.toString()).isEmpty();
        if (!arguments.contains("--help")) {
            assertThat(out.toString()).contains("HeardBenchmark");
        }
    }
}
