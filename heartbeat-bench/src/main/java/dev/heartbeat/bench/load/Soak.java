package dev.heartbeat.bench.load;

import dev.heartbeat.bench.Progress;
import dev.heartbeat.bench.load.Contestant.Running;
import dev.heartbeat.bench.load.Series.Seen;
import dev.heartbeat.bench.process.Cpu;
import dev.heartbeat.bench.process.Resident;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One server under the same load for long, whose memory and processor time are looked at again and
 * again.
 */
public final class Soak {
    private static final int SAMPLES = 200;

    private final LoadRun.Options options;
    private final List<Sample> samples = new CopyOnWriteArrayList<>();

    /** A soak of the first of the contestants, measured once. */
    public Soak(LoadRun.Options options) {
        this.options = options;
    }

    /** The number of times it is looked at. */
    public static int samples(Duration measured) {
        return (int) Math.max(1, Math.min(SAMPLES, measured.toSeconds()));
    }

    /**
     * The server at one moment.
     *
     * @param at since the beginning
     * @param resident bytes of its process
     * @param cpu which part of a core it took since the sample before
     */
    public record Sample(Duration at, long resident, double cpu) {}

    /**
     * The outcome.
     *
     * @param series of the server, with its memory in the end
     * @param before its memory when all were connected and it was warm
     * @param samples in the order of time
     */
    public record Result(Series series, Footprint before, List<Sample> samples) {
        /**
         * Whether nobody was suspected or given up. That every heartbeat was answered is sure: else
         * there is no result.
         */
        public boolean isCalm() {
            Seen seen = series.turns().get(0);
            return seen.state().suspect() == 0 && seen.state().offline() == 0;
        }
    }

    /** The samples that were taken. Any thread. */
    public List<Sample> soFar() {
        return List.copyOf(samples);
    }

    /** Starts the processes, and ends them; reports each sample. */
    public Result run(Open scenario, Progress progress) throws IOException, InterruptedException {
        Contestant contestant = options.contestants().get(0);
        Running running = contestant
                .start(options.serverCore(), options.serverJava())
                .orElseThrow(() -> new IOException(contestant.label() + " is not available here"));
        try (running;
                Load load = Load.start(options.loadCore())) {
            Target target = running.target();
            Contest contest = new Contest(contestant, target, load, scenario);
            contest.play(Duration.ZERO, options.warmUp());
            Footprint before = Footprint.of(target);
            Timer timer = new Timer("samples", true);
            try {
                long period = options.measured().toMillis() / samples(options.measured());
                if (target.pid() != 0) {
                    timer.scheduleAtFixedRate(new Watch(target.pid(), progress), period, period);
                }
                contest.count(contest.play(Duration.ZERO, options.measured()));
            } finally {
                timer.cancel();
            }
            contest.weigh();
            return new Result(contest.series(1), before, List.copyOf(samples));
        }
    }

    private final class Watch extends TimerTask {
        private final long pid;
        private final Progress progress;
        private final long startedAt = System.nanoTime();
        private long lookedAt = startedAt;
        private Cpu before;

        Watch(long pid, Progress progress) throws IOException {
            this.pid = pid;
            this.progress = progress;
            before = Cpu.of(pid);
        }

        @Override
        public void run() {
            try {
                long now = System.nanoTime();
                Cpu cpu = Cpu.of(pid);
                samples.add(new Sample(
                        Duration.ofNanos(now - startedAt),
                        Resident.bytes(pid),
                        (double) cpu.minus(before).nanos() / (now - lookedAt)));
                before = cpu;
                lookedAt = now;
                progress.step(options.contestants().get(0).label());
            } catch (IOException e) {
                // The load says it more exactly.
                progress.note("the server is gone: " + e.getMessage());
            }
        }
    }
}
