package dev.heartbeat.bench.load;

import dev.heartbeat.bench.Progress;
import dev.heartbeat.bench.load.Contestant.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Puts the same load on several servers in turn. All live through the whole run, each on the same
 * core, and the load on another. Every server has its turn in each round, and every other round
 * goes backwards, so that a machine that is busy with other things for a while slows down what is
 * compared alike. A first round, which is longer, is not counted.
 */
public final class LoadRun {
    /**
     * A turn of the round that is not counted is so many times as long, since a JVM compiles while
     * it runs ...
     */
    private static final int FIRST_ROUND = 3;

    /** ... but no longer than this. */
    private static final Duration FIRST_ROUND_MOST = Duration.ofSeconds(3);

    private final Options options;
    private final List<Contest> contests = new CopyOnWriteArrayList<>();

    /**
     * The options of a run.
     *
     * @param contestants the servers
     * @param rounds how many are counted
     * @param warmUp how long each turn takes before it is measured
     * @param measured how long it is measured
     * @param serverCore the core of the servers
     * @param loadCore the core of the load
     * @param serverJava options for the Java of the servers
     */
    public record Options(
            List<Contestant> contestants,
            int rounds,
            Duration warmUp,
            Duration measured,
            int serverCore,
            int loadCore,
            List<String> serverJava) {

        /** The number of turns in all. */
        public int turns() {
            return contestants.size() * (rounds + 1);
        }
    }

    /** A run by these options. */
    public LoadRun(Options options) {
        this.options = options;
    }

    /**
     * Starts all processes, and ends them; reports each turn. An exception has one line, which says who did not do as
     * it should.
     */
    public List<Series> run(Scenario scenario, Progress progress) throws IOException, InterruptedException {
        List<Running> servers = new ArrayList<>();
        try (Load load = Load.start(options.loadCore())) {
            for (Contestant contestant : options.contestants()) {
                Optional<Running> running = contestant.start(options.serverCore(), options.serverJava());
                if (running.isPresent()) {
                    servers.add(running.get());
                    contests.add(new Contest(contestant, running.get().target(), load, scenario));
                } else {
                    progress.note(contestant.label() + " is not available here; skipping it");
                }
            }
            if (contests.isEmpty()) {
                throw new IOException("none of the servers is available here");
            }
            for (int round = 0; round <= options.rounds(); round++) {
                play(round, progress);
            }
            return soFar();
        } finally {
            servers.forEach(Running::close);
        }
    }

    /** The result of the rounds that every server has had; nothing before the first. Any thread. */
    public List<Series> soFar() {
        int rounds = contests.stream().mapToInt(Contest::turns).min().orElse(0);
        return rounds == 0
                ? List.of()
                : contests.stream().map(contest -> contest.series(rounds)).toList();
    }

    private void play(int round, Progress progress) throws IOException, InterruptedException {
        List<Contest> order = new ArrayList<>(contests);
        if (round % 2 == 1) {
            Collections.reverse(order);
        }
        for (Contest contest : order) {
            progress.step(contest.label());
            if (round == 0) {
                contest.play(first(options.warmUp()), first(options.measured()));
            } else {
                contest.count(contest.play(options.warmUp(), options.measured()));
            }
            if (round == options.rounds()) {
                contest.weigh();
            }
            contest.end();
        }
    }

    private static Duration first(Duration ofOthers) {
        Duration longer = ofOthers.multipliedBy(FIRST_ROUND);
        return longer.compareTo(FIRST_ROUND_MOST) < 0 ? longer : FIRST_ROUND_MOST;
    }
}
