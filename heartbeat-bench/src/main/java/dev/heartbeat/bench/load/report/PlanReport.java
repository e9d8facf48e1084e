package dev.heartbeat.bench.load.report;

import static dev.heartbeat.bench.load.report.Texts.count;
import static dev.heartbeat.bench.load.report.Texts.format;
import static dev.heartbeat.bench.load.report.Texts.megabytes;
import static dev.heartbeat.bench.load.report.Texts.percent;

import dev.heartbeat.bench.load.Footprint;
import dev.heartbeat.bench.load.Plan;
import dev.heartbeat.bench.load.Plan.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The resources that fleets of several sizes take, and, along a straight line through them, what
 * larger ones would.
 */
public final class PlanReport implements Report {
    private static final List<Integer> LARGER = List.of(100_000, 1_000_000, 10_000_000);
    private static final double MEGABYTE = 1e6;

    private final Plan.Result result;
    private final Map<String, ToDoubleFunction<Footprint>> kinds = new LinkedHashMap<>();

    /** A report of what was seen. */
    public PlanReport(Plan.Result result) {
        this.result = result;
        kinds.put("heap", Footprint::heap);
        kinds.put("direct", Footprint::direct);
        kinds.put("resident", Footprint::resident);
        kinds.put("kernel, both ends", Footprint::slab);
    }

    @Override
    public List<String> markdown() {
        List<String> lines = new ArrayList<>();
        lines.add(
                result.contestant().label()
                        + ", one connection per node, which only sends heartbeats. Memory is the growth over a warm server without nodes; kernel memory is that of all its objects, for both ends of each connection.");
        lines.add("");
        MarkdownTable seen = new MarkdownTable(head("nodes"));
        result.sizes().forEach(size -> seen.add(row(size)));
        lines.addAll(seen.lines());
        if (result.sizes().size() < 2) {
            return lines; // No line goes through one point.
        }
        lines.add("");
        lines.add("Extrapolated linearly (least squares):");
        lines.add("");
        MarkdownTable larger = new MarkdownTable(head("nodes"));
        List<String> slopes = new ArrayList<>(List.of("for each node more"));
        kinds.values().forEach(kind -> slopes.add(format("%,.0f B", memory(kind).slope())));
        for (int i = 0; i < result.intervals().size(); i++) {
            slopes.add(format("%.5f %%", 100 * busy(i).slope()));
        }
        larger.add(slopes);
        LARGER.forEach(nodes -> larger.add(foreseen(nodes)));
        lines.addAll(larger.lines());
        return lines;
    }

    private List<String> head(String first) {
        List<String> head = new ArrayList<>(List.of(first));
        head.addAll(kinds.keySet());
        result.intervals().forEach(interval -> head.add("CPU, a beat every " + seconds(interval)));
        return head;
    }

    private static String seconds(Duration interval) {
        return format("%s s", interval.toMillis() / 1e3).replace(".0 s", " s");
    }

    private List<String> row(Size size) {
        List<String> cells = new ArrayList<>(List.of(count(size.nodes())));
        kinds.values().forEach(kind -> cells.add(megabytes((long) kind.applyAsDouble(size.footprint()))));
        size.busy().forEach(busy -> cells.add(percent(busy)));
        return cells;
    }

    private List<String> foreseen(int nodes) {
        List<String> cells = new ArrayList<>(List.of(count(nodes)));
        kinds.values().forEach(kind -> cells.add(megabytes((long) memory(kind).at(nodes))));
        for (int i = 0; i < result.intervals().size(); i++) {
            cells.add(percent(busy(i).at(nodes)));
        }
        return cells;
    }

    private Line memory(ToDoubleFunction<Footprint> kind) {
        return Line.through(nodes(), column(size -> kind.applyAsDouble(size.footprint())));
    }

    private Line busy(int interval) {
        return Line.through(nodes(), column(size -> size.busy().get(interval)));
    }

    private List<Double> nodes() {
        return column(Size::nodes);
    }

    private List<Double> column(ToDoubleFunction<Size> value) {
        return result.sizes().stream().mapToDouble(value).boxed().toList();
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", "plan");
        json.put("server", result.contestant().label());
        json.put(
                "intervalsMillis",
                result.intervals().stream().map(Duration::toMillis).toList());
        json.put(
                "sizes",
                result.sizes().stream()
                        .map(size -> Map.of(
                                "nodes", size.nodes(),
                                "heap", size.footprint().heap(),
                                "direct", size.footprint().direct(),
                                "resident", size.footprint().resident(),
                                "kernelSlab", size.footprint().slab(),
                                "tcpBuffers", size.footprint().sockets(),
                                "serverBusy", size.busy()))
                        .toList());
        return json;
    }

    @Override
    public List<String> draw(Path folder, String name) throws IOException {
        Plot memory = new Plot("memory over connections", "connections", "MB").fromZero();
        kinds.forEach((label, kind) ->
                memory.with(label, nodes(), column(size -> kind.applyAsDouble(size.footprint()) / MEGABYTE)));
        Plot cpu = new Plot("processor time over connections", "connections", "% of a core").fromZero();
        for (int i = 0; i < result.intervals().size(); i++) {
            int interval = i;
            cpu.with(
                    "a beat every " + seconds(result.intervals().get(i)),
                    nodes(),
                    column(size -> 100 * size.busy().get(interval)));
        }
        return List.of(memory.write(folder, name + "-memory"), cpu.write(folder, name + "-cpu"));
    }
}
