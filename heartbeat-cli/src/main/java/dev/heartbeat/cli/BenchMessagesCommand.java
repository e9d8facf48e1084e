package dev.heartbeat.cli;

import dev.heartbeat.bench.MessageBenchmark;
import dev.heartbeat.bench.MessageBenchmark.Options;
import dev.heartbeat.bench.MessageBenchmark.Row;
import dev.heartbeat.bench.Workload;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures streams of messages between two processes, the bus beside a plain socket. */
@Command(
        name = "messages",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Measures message streams over loopback between two processes, and a plain socket for comparison.",
            "All streams take turns in each round; the medians of the rounds are printed. \"Of plain\" is the share of the plain"
                    + " socket's throughput in the same round."
        })
final class BenchMessagesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Measured rounds, after one to warm up (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "3s",
            converter = DurationConverter.class,
            description = "Time to measure each stream in a round (default: ${DEFAULT-VALUE}).")
    private Duration measured;

    @Option(
            names = "--before",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = DurationConverter.class,
            description = "Time each stream runs before its measurement (default: ${DEFAULT-VALUE}).")
    private Duration before;

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Measures only streams whose name contains this text.")
    private String only;

    @Option(names = "--receiver-java", paramLabel = "OPTION", description = "JVM option for the receiver.")
    private List<String> receiverJava = new ArrayList<>();

    @Option(names = "--sender-java", paramLabel = "OPTION", description = "JVM option for the sender.")
    private List<String> senderJava = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        List<Workload> workloads = Workload.ALL.stream()
                .filter(workload -> workload.name().contains(only))
                .toList();
        Allowed.range(spec.commandLine(), "--rounds", rounds, 1, 1000);
        Allowed.range(spec.commandLine(), "--for", measured, Duration.ofMillis(100), Duration.ofHours(1));
        Allowed.range(spec.commandLine(), "--before", before, Duration.ZERO, Duration.ofHours(1));
        if (workloads.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--only is " + only + ", expected is a part of a stream's name");
        }
        Options options = new Options(rounds, before, measured, receiverJava, senderJava);
        MessageBenchmark benchmark = new MessageBenchmark(workloads, options);
        print(
                rounds,
                new LongRun(spec, "messages", benchmark.turns())
                        .orSoFar(() -> print(benchmark.rounds(), benchmark.soFar()), benchmark::run));
        return 0;
    }

    private void print(int over, List<Row> rows) {
        List<Text[]> cells = new ArrayList<>();
        cells.add(SummaryTable.texts(
                "stream",
                "per second",
                "MB/s",
                "of plain",
                "CPU ns",
                "B loop",
                "B other",
                "CPU ns",
                "B loop",
                "B other"));
        for (Row row : rows) {
            cells.add(SummaryTable.texts(
                    row.workload().name(),
                    number("%,.0f", row.messagesPerSecond()),
                    number("%,.0f", row.messagesPerSecond() * row.workload().bytes() / 1e6),
                    number("%.2f", row.ofBaseline()),
                    number("%,.0f", row.receiverNanos()),
                    number("%,.1f", row.receiverLoopBytes()),
                    number("%,.1f", row.receiverOtherBytes()),
                    number("%,.0f", row.senderNanos()),
                    number("%,.1f", row.senderLoopBytes()),
                    number("%,.1f", row.senderOtherBytes())));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("Medians of " + over
                + " rounds. For each message: CPU time and bytes allocated by loops and by other threads,"
                + " of the receiver, then of the sender.");
        out.println();
        out.print(SummaryTable.tableOf(cells));
        out.flush();
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
