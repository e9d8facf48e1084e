package dev.heartbeat.bench.load;

import dev.heartbeat.bench.Progress;
import dev.heartbeat.bench.load.Contestant.Running;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The memory that nodes take which are registered and idle, server by server, one at a time. */
public final class Idle {
    private static final int AT_ONCE = 500;

    private final LoadRun.Options options;
    private final int nodes;
    private final List<Weight> seen = new CopyOnWriteArrayList<>();

    /** So many nodes on each of the contestants. */
    public Idle(LoadRun.Options options, int nodes) {
        this.options = options;
        this.nodes = nodes;
    }

    /**
     * What was seen of one server.
     *
     * @param contestant who it is
     * @param nodes how many there were
     * @param footprint by how much more there was in memory than without any
     */
    public record Weight(Contestant contestant, int nodes, Footprint footprint) {}

    /** The servers weighed so far. Any thread. */
    public List<Weight> soFar() {
        return List.copyOf(seen);
    }

    /** Starts the processes, and ends them; reports each. */
    public List<Weight> run(Progress progress) throws IOException, InterruptedException {
        for (Contestant contestant : options.contestants()) {
            Optional<Running> started = contestant.start(options.serverCore(), options.serverJava());
            if (started.isEmpty()) {
                progress.note(contestant.label() + " is not available here; skipping it");
                continue;
            }
            progress.step(contestant.label());
            try (Running running = started.get();
                    Load load = Load.start(options.loadCore())) {
                seen.add(new Weight(contestant, nodes, weigh(load, running.target())));
            }
        }
        return soFar();
    }

    /** A first fleet comes and goes, so that neither code nor buffers count as the second one's. */
    private Footprint weigh(Load load, Target target) throws IOException, InterruptedException {
        load.connect(target, nodes, AT_ONCE);
        load.reset();
        target.awaitCalm();
        Footprint without = Footprint.of(target);
        load.connect(target, nodes, AT_ONCE);
        target.awaitCalm();
        return Footprint.of(target).minus(without);
    }
}
