package dev.heartbeat.bench.load.report;

import static dev.heartbeat.bench.load.report.Texts.count;
import static dev.heartbeat.bench.load.report.Texts.format;
import static dev.heartbeat.bench.load.report.Texts.megabytes;
import static dev.heartbeat.bench.load.report.Texts.percent;

import dev.heartbeat.bench.load.Hostile.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The effect of attacks on servers and their honest nodes. */
public final class HostileReport implements Report {
    private static final double MILLIS_PER_SECOND = 1000;

    private final List<Result> results;

    /** A report of what was seen. */
    public HostileReport(List<Result> results) {
        this.results = results;
    }

    @Override
    public List<String> markdown() {
        MarkdownTable table = new MarkdownTable(List.of(
                "attack on",
                "honest SUSPECT",
                "honest OFFLINE",
                "heap before",
                "during",
                "after",
                "server CPU",
                "idle again after",
                "hostile connections"));
        for (Result each : results) {
            table.add(List.of(
                    each.label(),
                    count(each.verdicts().suspect()),
                    count(each.verdicts().offline()),
                    megabytes(each.heap().before()),
                    megabytes(each.heap().during()),
                    megabytes(each.heap().after()),
                    percent(each.cpu()),
                    seconds(each.idleAfter()),
                    count(each.connections())));
        }
        List<String> lines = new ArrayList<>(table.lines());
        for (Result each : results) {
            lines.add("");
            lines.add("Refused by " + each.label() + ": "
                    + each.refusals().entrySet().stream()
                            .map(refusal -> refusal.getKey() + " " + count(refusal.getValue()))
                            .collect(Collectors.joining(", ")));
        }
        return lines;
    }

    private static String seconds(@Nullable Duration time) {
        return time == null ? "not in time" : format("%.1f s", time.toMillis() / MILLIS_PER_SECOND);
    }

    @Override
    public Map<String, Object> json() {
        return Map.of("attacks", results.stream().map(HostileReport::values).toList());
    }

    private static Map<String, Object> values(Result result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("server", result.label());
        values.put("suspect", result.verdicts().suspect());
        values.put("offline", result.verdicts().offline());
        values.put("heapBefore", result.heap().before());
        values.put("heapDuring", result.heap().during());
        values.put("heapAfter", result.heap().after());
        values.put("cpu", result.cpu());
        values.put("idleAfter", seconds(result.idleAfter()));
        values.put("connections", result.connections());
        values.put("refusals", result.refusals());
        return values;
    }

    @Override
    public List<String> draw(Path folder, String name) {
        return List.of();
    }
}
