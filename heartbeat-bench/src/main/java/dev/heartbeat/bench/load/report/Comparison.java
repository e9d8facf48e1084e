package dev.heartbeat.bench.load.report;

import static dev.heartbeat.bench.load.report.Texts.count;
import static dev.heartbeat.bench.load.report.Texts.format;
import static dev.heartbeat.bench.load.report.Texts.megabytes;
import static dev.heartbeat.bench.load.report.Texts.milliseconds;
import static dev.heartbeat.bench.load.report.Texts.percent;

import dev.heartbeat.bench.load.Scenario;
import dev.heartbeat.bench.load.Series;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Servers side by side under one scenario. */
public final class Comparison implements Report {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

    private final Scenario scenario;
    private final List<Row> rows;
    private final List<Row> baselines;

    /** A comparison of what was seen of each. */
    public Comparison(Scenario scenario, List<Series> all) {
        this.scenario = scenario;
        rows = all.stream().map(Row::new).toList();
        baselines = rows.stream()
                .filter(row -> row.series().contestant().isBaseline())
                .toList();
    }

    @Override
    public List<String> markdown() {
        List<String> lines = new ArrayList<>(List.of(sentence(), ""));
        lines.addAll(costs());
        lines.add("");
        lines.addAll(latencies());
        lines.add("");
        lines.addAll(memory());
        return lines;
    }

    private String sentence() {
        int turns = rows.get(0).series().turns().size();
        String ratios = baselines.isEmpty()
                ? ""
                : format(
                        " Ratios are medians of %d pairs; a pair is two turns of the same round. Brackets hold the %.1f %% confidence interval of the median.",
                        turns, 100 * rows.get(0).cpuOf(rows.get(0)).confidence());
        return scenario.description() + ". Medians of " + turns + " turns." + ratios
                + " CPU is the processor time of the server's process per "
                + scenario.unit().replaceFirst("s$", "")
                + format(
                        ". Other processes took %.2f of the machine's cores (median over servers).",
                        Ratio.median(
                                rows.stream().mapToDouble(Row::others).sorted().toArray()));
    }

    private List<String> costs() {
        List<String> head = new ArrayList<>(List.of(
                "",
                scenario.unit() + " per second",
                "server CPU",
                "user + system",
                "server busy",
                "load busy",
                "allocated"));
        baselines.forEach(row -> head.add("CPU ÷ " + row.label()));
        MarkdownTable table = new MarkdownTable(head);
        for (Row row : rows) {
            List<String> cells = new ArrayList<>(List.of(
                    row.label(),
                    format("%,.0f", row.perSecond()),
                    microseconds(row.cpu()),
                    microseconds(row.userCpu()) + " + " + microseconds(row.systemCpu()),
                    percent(row.busy()),
                    percent(row.loadBusy()),
                    row.isJava() ? format("%,.1f B", row.allocated()) : ""));
            baselines.forEach(baseline -> cells.add(ratio(row.cpuOf(baseline))));
            table.add(cells);
        }
        return table.lines();
    }

    private List<String> latencies() {
        MarkdownTable table = new MarkdownTable(List.of(
                "latency", "p50", "p90", "p99", "p99.9", "longest", "load late by at most", "SUSPECT", "OFFLINE"));
        for (Row row : rows) {
            List<String> cells = new ArrayList<>(List.of(row.label()));
            for (double percentile : PERCENTILES) {
                cells.add(milliseconds(row.latency(percentile)));
            }
            cells.add(row.latest() == 0 ? "" : milliseconds(row.latest()));
            cells.add(count(row.suspect()));
            cells.add(count(row.offline()));
            table.add(cells);
        }
        return table.lines();
    }

    private List<String> memory() {
        MarkdownTable table = new MarkdownTable(List.of(
                "memory, with all connections there",
                "heap",
                "direct",
                "resident",
                "TCP buffers of the machine",
                "collections",
                "they took"));
        for (Row row : rows) {
            table.add(List.of(
                    row.label(),
                    megabytes(row.series().footprint().heap()),
                    megabytes(row.series().footprint().direct()),
                    megabytes(row.series().footprint().resident()),
                    megabytes(row.series().footprint().sockets()),
                    row.isJava() ? count(row.collections()) : "",
                    row.isJava() ? row.collectionMillis() + " ms" : ""));
        }
        return table.lines();
    }

    private static String microseconds(double value) {
        return format(value < 1 ? "%.3f µs" : "%.2f µs", value);
    }

    private static String ratio(Ratio ratio) {
        return format("%.2f (%.2f to %.2f)", ratio.median(), ratio.low(), ratio.high());
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", scenario.name());
        json.put("description", scenario.description());
        json.put("servers", rows.stream().map(row -> row.json(baselines)).toList());
        return json;
    }

    @Override
    public List<String> draw(Path folder, String name) throws IOException {
        List<String> files = new ArrayList<>();
        Plot latency = new Plot("latency of " + scenario.unit(), "one in so many is slower", "ms").logarithmic();
        rows.forEach(row -> row.drawLatency(latency));
        files.add(latency.write(folder, name + "-latency"));
        if (rows.stream().allMatch(Row::hasSlices)) {
            Plot throughput = new Plot("throughput in the last turn", "s", scenario.unit() + " per second").fromZero();
            rows.forEach(row -> row.drawThroughput(throughput));
            files.add(throughput.write(folder, name + "-throughput"));
        }
        return files;
    }
}
