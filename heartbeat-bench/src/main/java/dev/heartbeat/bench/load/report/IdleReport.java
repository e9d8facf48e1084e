package dev.heartbeat.bench.load.report;

import static dev.heartbeat.bench.load.report.Texts.format;

import dev.heartbeat.bench.load.Footprint;
import dev.heartbeat.bench.load.Idle.Weight;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The memory of an idle node on several servers. */
public final class IdleReport implements Report {
    private final List<Weight> weights;

    /** A report of what was seen. */
    public IdleReport(List<Weight> weights) {
        this.weights = weights;
    }

    @Override
    public List<String> markdown() {
        MarkdownTable table = new MarkdownTable(List.of("bytes per idle node", "heap", "direct", "resident"));
        for (Weight weight : weights) {
            table.add(List.of(
                    weight.contestant().label(),
                    each(weight, Footprint::heap),
                    each(weight, Footprint::direct),
                    each(weight, Footprint::resident)));
        }
        return table.lines();
    }

    private static String each(Weight weight, ToLongFunction<Footprint> kind) {
        return format("%,.0f B", (double) kind.applyAsLong(weight.footprint()) / weight.nodes());
    }

    @Override
    public Map<String, Object> json() {
        return Map.of(
                "servers",
                weights.stream()
                        .map(weight -> Map.of(
                                "server", weight.contestant().label(),
                                "nodes", weight.nodes(),
                                "heap", weight.footprint().heap(),
                                "direct", weight.footprint().direct(),
                                "resident", weight.footprint().resident()))
                        .toList());
    }

    @Override
    public List<String> draw(Path folder, String name) {
        return List.of();
    }
}
