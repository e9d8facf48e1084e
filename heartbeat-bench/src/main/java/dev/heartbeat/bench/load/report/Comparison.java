package dev.heartbeat.bench.load.report;

import dev.heartbeat.bench.load.Scenario;
import dev.heartbeat.bench.load.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Servers side by side under one scenario. */
public final class Comparison {
    private final Scenario scenario;
    private final List<Row> rows;
    private final List<Row> baselines;

    /** Of what was seen of each. */
    public Comparison(Scenario scenario, List<Series> all) {
        this.scenario = scenario;
        rows = all.stream().map(Row::new).toList();
        baselines = rows.stream()
                .filter(row -> row.series().contestant().isBaseline())
                .toList();
    }

    /** Lines of Markdown. */
    public List<String> markdown() {
        List<String> lines = new ArrayList<>();
        lines.add(sentence());
        lines.add("");
        lines.addAll(new MarkdownTable(Stream.concat(
                                Stream.of(
                                        "",
                                        scenario.unit() + " per second",
                                        "server CPU for each",
                                        "user + system",
                                        "server busy",
                                        "load busy",
                                        "allocated for each"),
                                baselines.stream().map(row -> "CPU ÷ " + row.label()))
                        .toList())
                .with(rows.stream().map(this::cost).toList())
                .lines());
        lines.add("");
        lines.addAll(new MarkdownTable(List.of(
                        "latency",
                        "p50",
                        "p90",
                        "p99",
                        "p99.9",
                        "longest",
                        "load late by at most",
                        "SUSPECT",
                        "OFFLINE"))
                .with(rows.stream().map(Comparison::latency).toList())
                .lines());
        lines.add("");
        lines.addAll(new MarkdownTable(List.of(
                        "memory, with all connections there",
                        "heap",
                        "direct",
                        "resident",
                        "TCP buffers of the machine"))
                .with(rows.stream().map(Comparison::memory).toList())
                .lines());
        return lines;
    }

    private String sentence() {
        int turns = rows.get(0).series().turns().size();
        Ratio ratio = rows.get(0).cpuOf(rows.get(0));
        return scenario.description() + ". Medians of " + turns + " turns; ratios are medians of " + turns
                + " pairs of the same round, in brackets the interval that the true median lies in with "
                + String.format(Locale.ROOT, "%.0f %%", 100 * ratio.confidence()) + ".";
    }

    private List<String> cost(Row row) {
        List<String> cells = new ArrayList<>(List.of(
                row.label(),
                format("%,.0f", row.perSecond()),
                format("%.2f µs", row.cpu()),
                format("%.2f + %.2f µs", row.userCpu(), row.systemCpu()),
                percent(row.busy()),
                percent(row.loadBusy()),
                row.series().footprint().heap() == 0 ? "" : format("%,.1f B", row.allocated())));
        baselines.forEach(baseline -> cells.add(ratio(row.cpuOf(baseline))));
        return cells;
    }

    private static String ratio(Ratio ratio) {
        return format("%.2f (%.2f to %.2f)", ratio.median(), ratio.low(), ratio.high());
    }

    private static List<String> latency(Row row) {
        return List.of(
                row.label(),
                milliseconds(row.latency(50)),
                milliseconds(row.latency(90)),
                milliseconds(row.latency(99)),
                milliseconds(row.latency(99.9)),
                milliseconds(row.latency(100)),
                row.latest() == 0 ? "" : milliseconds(row.latest()),
                format("%,d", row.suspect()),
                format("%,d", row.offline()));
    }

    private static List<String> memory(Row row) {
        return List.of(
                row.label(),
                megabytes(row.series().footprint().heap()),
                megabytes(row.series().footprint().direct()),
                megabytes(row.series().footprint().resident()),
                megabytes(row.series().footprint().sockets()));
    }

    private static String milliseconds(double value) {
        return format("%.2f ms", value);
    }

    private static String megabytes(long bytes) {
        return bytes == 0 ? "" : format("%,.1f MB", bytes / 1e6);
    }

    private static String percent(double share) {
        return format("%.0f %%", 100 * share);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
