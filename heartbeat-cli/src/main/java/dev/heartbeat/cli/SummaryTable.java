package dev.heartbeat.cli;

import dev.heartbeat.cli.Detection.Row;
import dev.heartbeat.cli.Detection.Verdict;
import dev.heartbeat.cli.Promise.Expectation;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;

/** Prints what was promised against what was seen. */
final class SummaryTable {
    private static final int GAP = 2;

    private static final int MAX_EXAMPLES = 5;

    private final PrintStream out;
    private final boolean interrupted;

    /**
     * A table to be printed there.
     *
     * @param interrupted whether more would have happened
     */
    SummaryTable(PrintStream out, boolean interrupted) {
        this.out = out;
        this.interrupted = interrupted;
    }

    void print(Promise promise, Verdict verdict, FleetStatus status, Histogram roundTrips) {
        out.println();
        out.println("Promised by a beat every " + DurationConverter.format(promise.interval()) + ", SUSPECT after "
                + DurationConverter.format(promise.suspect()) + " and OFFLINE after "
                + DurationConverter.format(promise.timeout()) + " of silence,");
        out.println("with a tolerance of " + DurationConverter.format(promise.tolerance()) + " for a busy machine:");
        out.println();
        out.print(table(verdict));
        out.println();
        out.println("heartbeats     " + roundTrips(roundTrips));
        status.heapBytesPerNode()
                .ifPresent(bytes -> out.printf(Locale.ROOT, "server heap    %,d bytes per node%n", bytes));
        status.detectionP99Millis()
                .ifPresent(millis ->
                        out.printf(Locale.ROOT, "detection p99  %,d ms, as the server measures it%n", millis));
        status.loopLagP99Micros()
                .ifPresent(micros -> out.printf(Locale.ROOT, "loop lag p99   %.2f ms%n", micros / 1000.0));
        out.println("false OFFLINE  " + verdict.falseOffline().size());
        verdict.falseOffline().stream().limit(MAX_EXAMPLES).forEach(line -> out.println("               " + line));
        out.println("false SUSPECT  " + verdict.falseSuspect().size());
        out.println();
        out.println(Ansi.AUTO.string(outcome(verdict)));
    }

    private String outcome(Verdict verdict) {
        if (interrupted) {
            return "@|bold INTERRUPTED|@: this is what was seen so far";
        }
        return verdict.passed()
                ? "@|bold,green PASSED|@: every fault was detected in time, and no node was falsely reported"
                : "@|bold,red FAILED|@: the promise was broken";
    }

    private TextTable table(Verdict verdict) {
        List<Text[]> rows = new ArrayList<>();
        rows.add(texts("after", "nodes", "promised", "first", "median", "last", "verdict"));
        for (Row row : verdict.rows()) {
            rows.add(texts(
                    row.signal().name() + ": " + row.expected(),
                    String.valueOf(row.signal().nodes().size()),
                    window(row.expected()),
                    quantile(row.delays(), 0),
                    quantile(row.delays(), 0.5),
                    quantile(row.delays(), 1),
                    (row.kept() ? "@|green " : "@|red ") + judgement(row) + "|@"));
        }
        return tableOf(rows);
    }

    /** Each column as wide as its widest cell. */
    static TextTable tableOf(List<Text[]> rows) {
        TextTable table = TextTable.forColumns(Help.defaultColorScheme(Ansi.AUTO), columnsFor(rows));
        rows.forEach(table::addRowValues);
        return table;
    }

    static Text[] texts(String... cells) {
        return Arrays.stream(cells).map(Ansi.AUTO::text).toArray(Text[]::new);
    }

    private static Column[] columnsFor(List<Text[]> rows) {
        return IntStream.range(0, rows.get(0).length)
                .mapToObj(column -> {
                    int indent = column == 0 ? 0 : GAP;
                    int widest = rows.stream()
                            .mapToInt(row -> row[column].plainString().length())
                            .max()
                            .orElse(0);
                    return new Column(widest + indent, indent, Column.Overflow.SPAN);
                })
                .toArray(Column[]::new);
    }

    private static String roundTrips(Histogram micros) {
        return String.format(
                Locale.ROOT,
                "%,d; round trip p50 %.2f ms, p99 %.2f ms, longest %.2f ms",
                micros.getTotalCount(),
                micros.getValueAtPercentile(50) / 1000.0,
                micros.getValueAtPercentile(99) / 1000.0,
                micros.getMaxValue() / 1000.0);
    }

    private String judgement(Row row) {
        List<String> faults = new ArrayList<>();
        count(faults, row.early(), "too early");
        count(faults, row.late(), "too late");
        count(faults, row.wrong(), "for another reason");
        count(faults, row.never(), interrupted ? "not yet" : "never");
        return faults.isEmpty() ? "kept" : String.join(", ", faults);
    }

    private static void count(List<String> faults, int number, String fault) {
        if (number > 0) {
            faults.add(number + " " + fault);
        }
    }

    private static String quantile(List<Duration> sorted, double quantile) {
        return sorted.isEmpty() ? "-" : seconds(sorted.get((int) Math.round(quantile * (sorted.size() - 1))));
    }

    private static String window(Expectation expected) {
        String latest = seconds(expected.latest());
        return expected.earliest().isZero() ? "within " + latest : seconds(expected.earliest()) + " to " + latest;
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2fs", duration.toNanos() / 1e9);
    }
}
