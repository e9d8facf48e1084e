package dev.heartbeat.cli;

import dev.heartbeat.bench.FanOutBenchmark;
import dev.heartbeat.bench.FanOutBenchmark.Options;
import dev.heartbeat.bench.FanOutBenchmark.Result;
import dev.heartbeat.bench.RoundTrips;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how long a message to all takes on real sockets. */
@Command(
        name = "broadcast",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Measures the time over loopback until the last node of another process has received a broadcast.")
final class BenchBroadcastCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Nodes, each with its own connection (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--bytes",
            paramLabel = "N",
            defaultValue = "100",
            description = "Length of the message (default: ${DEFAULT-VALUE}).")
    private int bytes;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "100",
            description = "Measured messages, after 20 to warm up (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Mixin
    private ServerJava serverJava;

    @Override
    public Integer call() throws InterruptedException {
        if (nodes < 1 || nodes > Limits.localConnections()) {
            throw bad(Limits.outOfRange("--nodes", nodes, 1, Limits.localConnections()));
        }
        if (bytes < 8 || bytes > 65_536) {
            throw bad("--bytes is " + bytes + ", allowed is 8 to 65536");
        }
        if (rounds < 1 || rounds > 1_000_000) {
            throw bad("--rounds is " + rounds + ", allowed is 1 to 1000000");
        }
        FanOutBenchmark benchmark = new FanOutBenchmark(new Options(nodes, bytes, rounds, serverJava.options()));
        print(new LongRun(spec, "broadcast", benchmark.steps())
                .orSoFar(() -> print(benchmark.soFar()), benchmark::run));
        return 0;
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void print(Result result) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%d bytes to %,d nodes, %d times%n%n", bytes, nodes, result.rounds());
        List<Text[]> cells = new ArrayList<>();
        cells.add(SummaryTable.texts("since the call", "p50", "p99", "longest"));
        cells.add(row("until it returned", result.offered()));
        cells.add(row("until the last node had it", result.last()));
        out.print(SummaryTable.tableOf(cells));
        out.println();
        out.printf(Locale.ROOT, "CPU of the server: %,.0f ns for each recipient%n", result.cpuNanos());
        out.flush();
    }

    private static Text[] row(String name, RoundTrips.Summary times) {
        return SummaryTable.texts(name, ms(times.p50()), ms(times.p99()), ms(times.max()));
    }

    private static String ms(long micros) {
        return String.format(Locale.ROOT, "%.2f ms", micros / 1000.0);
    }
}
