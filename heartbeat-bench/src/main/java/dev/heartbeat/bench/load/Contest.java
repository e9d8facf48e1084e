package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.Series.Seen;
import dev.heartbeat.bench.load.generator.Turn;
import dev.heartbeat.bench.load.server.State;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One server under one scenario, turn by turn. */
final class Contest {
    private final Contestant contestant;
    private final Target target;
    private final Load load;
    private final Scenario scenario;
    private final List<Seen> turns = new CopyOnWriteArrayList<>();
    private volatile Footprint footprint = Footprint.NONE;

    Contest(Contestant contestant, Target target, Load load, Scenario scenario) {
        this.contestant = contestant;
        this.target = target;
        this.load = load;
        this.scenario = scenario;
    }

    String label() {
        return contestant.label();
    }

    /** One turn, after which its connections are still there. */
    Seen play(Duration warmUp, Duration measured) throws IOException {
        try {
            if (scenario.connections() > 0) {
                load.connect(target, scenario.connections(), Connect.AT_ONCE);
            }
            State before = target.state();
            Turn turn = scenario.play(load, target, warmUp, measured);
            return new Seen(turn, target.state().minus(before));
        } catch (IOException e) {
            throw new IOException(contestant.label() + ": " + e.getMessage(), e);
        }
    }

    void count(Seen seen) {
        turns.add(seen);
    }

    /** Looks at the memory, for which it collects garbage. */
    void weigh() throws IOException {
        footprint = Footprint.of(target);
    }

    /** Resets its connections, and waits until the server has noticed. */
    void end() throws IOException, InterruptedException {
        load.reset();
        target.awaitCalm();
    }

    /** The number of turns that were counted. Any thread. */
    int turns() {
        return turns.size();
    }

    /** The result of its first turns. Any thread. */
    Series series(int rounds) {
        return new Series(contestant, List.copyOf(turns.subList(0, rounds)), footprint);
    }
}
