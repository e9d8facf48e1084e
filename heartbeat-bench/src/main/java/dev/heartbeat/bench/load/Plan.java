package dev.heartbeat.bench.load;

import dev.heartbeat.bench.Progress;
import dev.heartbeat.bench.load.Contestant.Running;
import dev.heartbeat.bench.load.generator.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The resources that one server takes for idle nodes that beat at an interval, at several sizes of
 * the fleet.
 */
public final class Plan {
    private static final int AT_ONCE = 500;

    private final LoadRun.Options options;
    private final List<Integer> sizes;
    private final List<Duration> intervals;
    private final List<Size> seen = new CopyOnWriteArrayList<>();

    /**
     * A plan of the first of the contestants, with fleets of these sizes, growing, that beat at
     * each of these intervals.
     */
    public Plan(LoadRun.Options options, List<Integer> sizes, List<Duration> intervals) {
        this.options = options;
        this.sizes = List.copyOf(sizes);
        this.intervals = List.copyOf(intervals);
    }

    /**
     * A fleet of one size.
     *
     * @param nodes how many there were
     * @param footprint by how much more there was in memory than without any
     * @param busy which part of a core the server took, for each interval
     */
    public record Size(int nodes, Footprint footprint, List<Double> busy) {}

    /**
     * The outcome.
     *
     * @param contestant who it was
     * @param intervals how often nodes beat
     * @param sizes of the fleet, growing
     */
    public record Result(Contestant contestant, List<Duration> intervals, List<Size> sizes) {}

    /** The result of the sizes measured so far. Any thread. */
    public Result soFar() {
        return new Result(options.contestants().get(0), intervals, List.copyOf(seen));
    }

    /** Starts the processes, and ends them; reports each size at each interval. */
    public Result run(Progress progress) throws IOException, InterruptedException {
        Contestant contestant = options.contestants().get(0);
        Running running = contestant
                .start(options.serverCore(), options.serverJava())
                .orElseThrow(() -> new IOException(contestant.label() + " is not available here"));
        try (running;
                Load load = Load.start(options.loadCore())) {
            Target target = running.target();
            progress.step("warming up");
            warmUp(load, target);
            Footprint without = Footprint.of(target);
            for (int nodes : sizes) {
                seen.add(size(load, target, without, nodes, progress));
            }
            return soFar();
        }
    }

    /** So that neither code nor buffers of the first fleet are counted as its own. */
    private void warmUp(Load load, Target target) throws IOException {
        load.connect(target, sizes.get(0), AT_ONCE);
        load.closed(1, 1, Duration.ZERO, options.warmUp());
        load.reset();
    }

    private Size size(Load load, Target target, Footprint without, int nodes, Progress progress) throws IOException {
        List<Double> busy = new ArrayList<>();
        load.connect(target, nodes, AT_ONCE);
        for (Duration interval : intervals) {
            progress.step(String.format("%,d nodes", nodes));
            Turn turn = load.open(nodes * 1e9 / interval.toNanos(), Duration.ZERO, options.measured());
            busy.add((double) turn.server().nanos() / turn.nanos());
        }
        Footprint footprint = Footprint.of(target).minus(without);
        load.reset();
        return new Size(nodes, footprint, busy);
    }
}
