package dev.heartbeat.bench.load.report;

import static dev.heartbeat.bench.load.report.Texts.format;
import static dev.heartbeat.bench.load.report.Texts.megabytes;
import static dev.heartbeat.bench.load.report.Texts.percent;

import dev.heartbeat.bench.load.Footprint;
import dev.heartbeat.bench.load.Open;
import dev.heartbeat.bench.load.Soak;
import dev.heartbeat.bench.load.Soak.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** One server over a long time. */
public final class SoakReport implements Report {
    private static final int SAMPLES_TOLD = 10;
    private static final double MEGABYTE = 1e6;

    private final Comparison comparison;
    private final Soak.Result result;

    /** A report of what was seen. */
    public SoakReport(Open scenario, Soak.Result result) {
        comparison = new Comparison(scenario, List.of(result.series()));
        this.result = result;
    }

    @Override
    public List<String> markdown() {
        List<String> lines = new ArrayList<>(comparison.markdown());
        lines.add("");
        MarkdownTable memory = new MarkdownTable(List.of("memory", "heap", "direct", "resident"));
        memory.add(row("when warm", result.before()));
        memory.add(row("in the end", result.series().footprint()));
        lines.addAll(memory.lines());
        lines.add("");
        lines.addAll(overTime(result.samples()));
        return lines;
    }

    /** The lines of some of the samples, evenly spread. */
    public static List<String> overTime(List<Sample> samples) {
        MarkdownTable table = new MarkdownTable(List.of("after", "resident", "server busy"));
        IntStream.rangeClosed(1, Math.min(SAMPLES_TOLD, samples.size()))
                .mapToObj(i -> samples.get(i * samples.size() / Math.min(SAMPLES_TOLD, samples.size()) - 1))
                .forEach(sample -> table.add(List.of(
                        format("%.0f s", seconds(sample)), megabytes(sample.resident()), percent(sample.cpu()))));
        return table.lines();
    }

    private static List<String> row(String when, Footprint footprint) {
        return List.of(
                when, megabytes(footprint.heap()), megabytes(footprint.direct()), megabytes(footprint.resident()));
    }

    private static double seconds(Sample sample) {
        return sample.at().toMillis() / 1e3;
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = comparison.json();
        json.put(
                "samples",
                result.samples().stream()
                        .map(sample -> Map.of(
                                "seconds", seconds(sample),
                                "resident", sample.resident(),
                                "serverBusy", sample.cpu()))
                        .toList());
        return json;
    }

    @Override
    public List<String> draw(Path folder, String name) throws IOException {
        List<String> files = new ArrayList<>(comparison.draw(folder, name));
        if (!result.samples().isEmpty()) {
            files.add(new Plot("the server over time", "s", "")
                    .fromZero()
                    .with("resident, MB", column(SoakReport::seconds), column(sample -> sample.resident() / MEGABYTE))
                    .with("busy, % of a core", column(SoakReport::seconds), column(sample -> 100 * sample.cpu()))
                    .write(folder, name + "-memory"));
        }
        return files;
    }

    private List<Double> column(ToDoubleFunction<Sample> value) {
        return result.samples().stream().mapToDouble(value).boxed().toList();
    }
}
