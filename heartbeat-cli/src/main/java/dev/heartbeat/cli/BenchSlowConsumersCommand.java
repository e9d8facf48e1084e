package dev.heartbeat.cli;

import dev.heartbeat.bench.RoundTrips;
import dev.heartbeat.bench.SlowConsumerBenchmark;
import dev.heartbeat.bench.SlowConsumerBenchmark.Memory;
import dev.heartbeat.bench.SlowConsumerBenchmark.Options;
import dev.heartbeat.bench.SlowConsumerBenchmark.Result;
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

/** Shows that nodes that never read cost no more than their queues, and nobody else anything. */
@Command(
        name = "slow-consumers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Sends messages to nodes that never read, and measures the server's memory and the heartbeats of other nodes.",
            "The exit status is 1 if the memory exceeded the options' limits, or if another node was SUSPECT or OFFLINE."
        })
final class BenchSlowConsumersCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--slow",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Nodes that send heartbeats and never read (default: ${DEFAULT-VALUE}).")
    private int slow;

    @Option(
            names = "--others",
            paramLabel = "N",
            defaultValue = "100",
            description = "Other nodes (default: ${DEFAULT-VALUE}).")
    private int others;

    @Mixin
    private ServerJava serverJava;

    @Override
    public Integer call() throws InterruptedException {
        check();
        List<String> java = new ArrayList<>(List.of("-Xmx2g"));
        java.addAll(serverJava.options());
        SlowConsumerBenchmark benchmark = new SlowConsumerBenchmark(new Options(slow, others, java));
        Result result = new LongRun(spec, "slow-consumers", SlowConsumerBenchmark.steps())
                .orSoFar(() -> print(benchmark.soFar()), benchmark::run);
        print(result);
        return result.isCalm() ? 0 : 1;
    }

    private void check() {
        if (others < 2 || others > 1000) {
            throw bad("--others is " + others + ", allowed is 2 to 1000");
        }
        if (slow < 1 || slow > Limits.localConnections() - others) {
            throw bad(Limits.outOfRange("--slow", slow, 1, Limits.localConnections() - others));
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void print(Result result) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%,d messages of 4 KiB accepted for %,d nodes that never read; %,d of them connected at the peak%n%n",
                result.accepted(),
                slow,
                result.stillThere());
        List<Text[]> memory = new ArrayList<>();
        memory.add(SummaryTable.texts("the server's memory", "heap", "direct", "resident"));
        memory.add(row("before", result.before()));
        memory.add(row("queues full", result.peak()));
        memory.add(row("all closed", result.after()));
        out.print(SummaryTable.tableOf(memory));
        long grown = result.peak().heap()
                + result.peak().direct()
                - result.before().heap()
                - result.before().direct();
        out.printf(
                Locale.ROOT,
                "%nheap and direct grew by %,d bytes for each; the options allow %,d%n",
                Math.max(0, grown) / Math.max(1, result.stillThere()),
                SlowConsumerBenchmark.boundPerNode());
        out.printf(
                Locale.ROOT,
                "closed by the server: %,d, from %.1f to %.1f s after the first message; suspected for silence: %,d%n%n",
                result.closed(),
                result.firstClosed().toMillis() / 1e3,
                result.lastClosed().toMillis() / 1e3,
                result.silent());
        List<Text[]> times = new ArrayList<>();
        times.add(SummaryTable.texts("round trips of the others", "beats", "p50", "p99", "longest"));
        times.add(row("until all queues are full", result.filling()));
        times.add(row("until all are closed", result.closing()));
        out.print(SummaryTable.tableOf(times));
        out.println();
        out.println("of the others: SUSPECT " + result.suspect() + ", OFFLINE " + result.offline());
        out.flush();
    }

    private static Text[] row(String name, Memory memory) {
        return SummaryTable.texts(name, mb(memory.heap()), mb(memory.direct()), mb(memory.resident()));
    }

    private static Text[] row(String name, RoundTrips.Summary times) {
        return SummaryTable.texts(
                name,
                String.format(Locale.ROOT, "%,d", times.count()),
                ms(times.p50()),
                ms(times.p99()),
                ms(times.max()));
    }

    private static String mb(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }

    private static String ms(long micros) {
        return String.format(Locale.ROOT, "%.2f ms", micros / 1000.0);
    }
}
