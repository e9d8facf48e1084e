package dev.heartbeat.bench.load.report;

import dev.heartbeat.bench.load.Series;
import dev.heartbeat.bench.load.Series.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** What is told of one server: medians over its turns, and latencies of all of them together. */
public final class Row {
    private static final double NANOS = 1e9;
    private static final int DIGITS = 3;

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

    /** How much was done in a second. */
    double perSecond() {
        return median(seen -> done(seen) * NANOS / seen.turn().nanos());
    }

    /** Seconds of the server's processor time for a million of what was done, which are microseconds for each. */
    double cpu() {
        return median(this::cpu);
    }

    /** Of that, what it took in its own code. */
    double userCpu() {
        return median(seen -> seen.turn().server().userNanos() / 1e3 / done(seen));
    }

    /** What the kernel took. */
    double systemCpu() {
        return median(seen -> seen.turn().server().systemNanos() / 1e3 / done(seen));
    }

    /** Which part of its core the server used. */
    double busy() {
        return median(
                seen -> (double) seen.turn().server().nanos() / seen.turn().nanos());
    }

    /** Which part of its core the load used. */
    double loadBusy() {
        return median(
                seen -> (double) seen.turn().generator().nanos() / seen.turn().nanos());
    }

    /** Bytes allocated in the server for each of what was done, warm-up included. */
    double allocated() {
        return median(seen -> (double) seen.state().allocated()
                / seen.turn().all()
                / series.contestant().answerEvery());
    }

    /** By how much the load was late with a heartbeat, at most, in milliseconds. */
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

    Histogram latencies() {
        return latencies;
    }

    long suspect() {
        return series.turns().stream().mapToLong(seen -> seen.state().suspect()).sum();
    }

    long offline() {
        return series.turns().stream().mapToLong(seen -> seen.state().offline()).sum();
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
