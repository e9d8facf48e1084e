package dev.heartbeat.cli;

import dev.heartbeat.bench.BulkBenchmark;
import dev.heartbeat.bench.BulkBenchmark.Options;
import dev.heartbeat.bench.BulkBenchmark.Result;
import dev.heartbeat.bench.RoundTrips;
import java.io.PrintWriter;
import java.time.Duration;
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

/** Shows that heartbeats go on beside bulk. */
@Command(
        name = "bulk",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Measures a fleet's heartbeats over loopback, without and with bulk data that one more node sends on channels.",
            "Nodes send a heartbeat each second, and are SUSPECT after 2.5 s and OFFLINE after 3 s. The exit status is 1"
                    + " if a node was SUSPECT or OFFLINE, or if a message is missing."
        })
final class BenchBulkCommand implements Callable<Integer> {
    private static final long GIB = 1L << 30;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Nodes that send heartbeats beside the bulk data (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--channels",
            paramLabel = "N",
            defaultValue = "8",
            description = "Channels for the bulk data (default: ${DEFAULT-VALUE}).")
    private int channels;

    @Option(
            names = "--gib",
            paramLabel = "GIB",
            defaultValue = "8",
            description = "Amount of bulk data, fractions allowed (default: ${DEFAULT-VALUE}).")
    private double gib;

    @Option(
            names = "--quiet-for",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "Time to measure heartbeats without bulk data, at least 3 s (default: ${DEFAULT-VALUE}).")
    private Duration quiet;

    @Mixin
    private ServerJava serverJava;

    @Override
    public Integer call() throws InterruptedException {
        check();
        BulkBenchmark benchmark =
                new BulkBenchmark(new Options(nodes, channels, (long) (gib * GIB), quiet, serverJava.options()));
        Result result = new LongRun(spec, "bulk", BulkBenchmark.steps())
                .orSoFar(() -> print(benchmark.soFar()), benchmark::run);
        print(result);
        return result.isCalm() ? 0 : 1;
    }

    private void check() {
        if (nodes < 1 || nodes > Limits.localConnections()) {
            throw bad(Limits.outOfRange("--nodes", nodes, 1, Limits.localConnections()));
        }
        if (channels < 1 || channels > 32) {
            throw bad("--channels is " + channels + ", allowed is 1 to 32");
        }
        if (!(gib >= 0.001 && gib <= 1024)) {
            throw bad("--gib is " + gib + ", allowed is 0.001 to 1024");
        }
        if (quiet.compareTo(Duration.ofSeconds(3)) < 0) {
            throw bad("--quiet-for is " + DurationConverter.format(quiet) + ", allowed is 3s and more");
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void print(Result result) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%,d messages, %.2f GiB over %d channels in %.2f s: %,.0f MB/s; %d not as sent%n%n",
                result.messages(),
                (double) result.bytes() / GIB,
                channels,
                result.nanos() / 1e9,
                result.bytes() * 1e3 / Math.max(1, result.nanos()),
                result.wrong());
        List<Text[]> cells = new ArrayList<>();
        cells.add(SummaryTable.texts("round trip of a heartbeat", "beats", "p50", "p99", "longest"));
        cells.add(row("the nodes, without bulk", result.nodesWithout()));
        cells.add(row("the nodes, with bulk", result.nodesWith()));
        cells.add(row("the sender, without bulk", result.senderWithout()));
        cells.add(row("the sender, with bulk", result.senderWith()));
        out.print(SummaryTable.tableOf(cells));
        out.println();
        out.println("SUSPECT " + result.suspect() + ", OFFLINE " + result.offline());
        out.flush();
    }

    private static Text[] row(String name, RoundTrips.Summary times) {
        return SummaryTable.texts(
                name,
                String.format(Locale.ROOT, "%,d", times.count()),
                ms(times.p50()),
                ms(times.p99()),
                ms(times.max()));
    }

    private static String ms(long micros) {
        return String.format(Locale.ROOT, "%.2f ms", micros / 1000.0);
    }
}
