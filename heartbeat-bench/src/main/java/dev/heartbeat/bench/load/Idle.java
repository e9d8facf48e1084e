package dev.heartbeat.bench.load;

import dev.heartbeat.bench.Progress;
import dev.heartbeat.bench.load.Contestant.Running;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The memory that nodes take which are registered and idle, server by server, one at a time. */
public final class Idle {
    /** A server that has just started takes 10 ms for a handshake of TLS, and gives it 5 s. */
    private static final int AT_ONCE = 100;

    private static final int PARTS = 10;

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
     * @param nodes how many more nodes there were than before
     * @param footprint how much more there was in memory
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
                seen.add(weigh(contestant, load, running.target()));
            }
        }
        return soFar();
    }

    /**
     * Weighs the server with a tenth of the nodes and with all of them. The tenth comes back among
     * all, so the lighter weight has no nodes that the heavier one lacks. An empty server would: it
     * keeps nodes for their grace after it has lost them. The tenth connects twice, since the first
     * connections fill what is filled once.
     */
    private Weight weigh(Contestant contestant, Load load, Target target) throws IOException, InterruptedException {
        int few = Math.max(1, nodes / PARTS);
        with(few, load, target);
        Footprint less = with(few, load, target);
        Footprint more = with(nodes, load, target);
        return new Weight(contestant, nodes - few, more.minus(less));
    }

    private static Footprint with(int count, Load load, Target target) throws IOException, InterruptedException {
        load.connect(target, count, AT_ONCE);
        target.awaitCalm();
        return Footprint.of(target);
    }
}
