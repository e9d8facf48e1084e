package dev.heartbeat.bench.load.report;

import dev.heartbeat.bench.load.Series;
import dev.heartbeat.bench.load.Series.Seen;
import dev.heartbeat.bench.load.generator.Turn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** The report on one server: medians over its turns, and latencies of all of them together. */
final class Row {
    private static final double NANOS = 1e9;
    private static final int DIGITS = 3;
    private static final double RARITY_STEP = 1.2;

    private final Series series;
    private final Histogram latencies = new Histogram(DIGITS);

    Row(Series series) {
        this.series = series;
        series.turns().forEach(seen -> latencies.add(seen.turn().latencies()));
    }

    Series series() {
        return series;
    }

    String label() {
        return series.contestant().label();
    }

    /** The work done in a second. */
    double perSecond() {
        return median(seen -> done(seen) * NANOS / seen.turn().nanos());
    }

    /**
     * Seconds of the server's processor time for a million of what was done, which are microseconds
     * for each.
     */
    double cpu() {
        return median(this::cpu);
    }

    /** The part of that which it took in its own code. */
    double userCpu() {
        return median(seen -> seen.turn().server().userNanos() / 1e3 / done(seen));
    }

    /** The part that the kernel took. */
    double systemCpu() {
        return median(seen -> seen.turn().server().systemNanos() / 1e3 / done(seen));
    }

    /** The share of its core that the server used. */
    double busy() {
        return median(
                seen -> (double) seen.turn().server().nanos() / seen.turn().nanos());
    }

    /** The share of its core that the load used. */
    double loadBusy() {
        return median(
                seen -> (double) seen.turn().generator().nanos() / seen.turn().nanos());
    }

    /** The number of cores that everything else on the machine used: 0 if it was quiet. */
    double others() {
        return median(seen -> (double) (seen.turn().machine().nanos()
                        - seen.turn().server().nanos()
                        - seen.turn().generator().nanos())
                / seen.turn().nanos());
    }

    /** Bytes allocated in the server for each of what was done, warm-up included. */
    double allocated() {
        return median(seen -> (double) seen.state().allocated()
                / seen.turn().all()
                / series.contestant().answerEvery());
    }

    /** The most by which the load was late with a heartbeat, in milliseconds. */
    double latest() {
        return series.turns().stream()
                        .mapToLong(seen -> seen.turn().latest())
                        .max()
                        .orElse(0)
                / 1e6;
    }

    /** Milliseconds. */
    double latency(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e6;
    }

    long suspect() {
        return series.turns().stream().mapToLong(seen -> seen.state().suspect()).sum();
    }

    long offline() {
        return series.turns().stream().mapToLong(seen -> seen.state().offline()).sum();
    }

    /** The number of times that garbage was collected in all turns. */
    long collections() {
        return series.turns().stream()
                .mapToLong(seen -> seen.state().collections())
                .sum();
    }

    long collectionMillis() {
        return series.turns().stream()
                .mapToLong(seen -> seen.state().collectionMillis())
                .sum();
    }

    boolean isJava() {
        return series.footprint().heap() > 0;
    }

    boolean hasSlices() {
        return last().slices().size() > 1;
    }

    private Turn last() {
        return series.turns().get(series.turns().size() - 1).turn();
    }

    /** Over how rare it is: 10 for the slowest tenth, 1,000 for the slowest thousandth. */
    void drawLatency(Plot plot) {
        List<Double> rarity = new ArrayList<>();
        List<Double> millis = new ArrayList<>();
        double rarest = latencies.getTotalCount();
        for (double r = 1.1; r <= rarest; r *= RARITY_STEP) {
            rarity.add(r);
            millis.add(latency(100 - 100 / r));
        }
        if (!rarity.isEmpty()) {
            plot.with(label(), rarity, millis);
        }
    }

    void drawThroughput(Plot plot) {
        double sliceSeconds = last().sliceNanos() / NANOS;
        List<Double> seconds = new ArrayList<>();
        List<Double> perSecond = new ArrayList<>();
        for (long count : last().slices()) {
            seconds.add((seconds.size() + 1) * sliceSeconds);
            perSecond.add(count * series.contestant().answerEvery() / sliceSeconds);
        }
        plot.with(label(), seconds, perSecond);
    }

    Map<String, Object> json(List<Row> baselines) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("server", label());
        json.put("perSecond", perSecond());
        json.put("cpuMicros", cpu());
        json.put("userMicros", userCpu());
        json.put("systemMicros", systemCpu());
        json.put("serverBusy", busy());
        json.put("loadBusy", loadBusy());
        json.put("coresUsedByOthers", others());
        json.put("allocatedBytes", isJava() ? allocated() : null);
        json.put("latencyMillis", percentiles());
        json.put("loadLateMillis", latest());
        json.put("suspect", suspect());
        json.put("offline", offline());
        json.put("collections", collections());
        json.put("collectionMillis", collectionMillis());
        json.put(
                "memory",
                Map.of(
                        "heap", series.footprint().heap(),
                        "direct", series.footprint().direct(),
                        "resident", series.footprint().resident(),
                        "tcpBuffersOfTheMachine", series.footprint().sockets()));
        Map<String, Object> ratios = new LinkedHashMap<>();
        for (Row baseline : baselines) {
            Ratio ratio = cpuOf(baseline);
            ratios.put(
                    baseline.label(),
                    Map.of(
                            "median", ratio.median(),
                            "low", ratio.low(),
                            "high", ratio.high(),
                            "confidence", ratio.confidence()));
        }
        json.put("cpuRatios", ratios);
        json.put("turns", series.turns().stream().map(this::turn).toList());
        return json;
    }

    private Map<String, Object> percentiles() {
        Map<String, Object> percentiles = new LinkedHashMap<>();
        for (double percentile : new double[] {50, 90, 99, 99.9, 99.99, 100}) {
            percentiles.put(String.valueOf(percentile), latency(percentile));
        }
        return percentiles;
    }

    private Map<String, Object> turn(Seen seen) {
        return Map.of(
                "seconds", seen.turn().nanos() / NANOS,
                "sent", seen.turn().sent(),
                "answered", seen.turn().answered(),
                "cpuMicros", cpu(seen));
    }

    /** Processor time of this server through that of another, turn by turn. */
    Ratio cpuOf(Row other) {
        return Ratio.of(cpus(), other.cpus());
    }

    private List<Double> cpus() {
        List<Double> cpus = new ArrayList<>();
        series.turns().forEach(seen -> cpus.add(cpu(seen)));
        return cpus;
    }

    private double cpu(Seen seen) {
        return seen.turn().server().nanos() / 1e3 / done(seen);
    }

    private double done(Seen seen) {
        return (double) seen.turn().answered() * series.contestant().answerEvery();
    }

    private double median(ToDoubleFunction<Seen> value) {
        return Ratio.median(series.turns().stream().mapToDouble(value).sorted().toArray());
    }
}
