package dev.heartbeat.bench.load;

import dev.heartbeat.bench.Progress;
import dev.heartbeat.bench.load.Contestant.Running;
import dev.heartbeat.bench.load.Contestant.Started;
import dev.heartbeat.bench.load.hostile.Attackers;
import dev.heartbeat.bench.load.server.State;
import dev.heartbeat.bench.process.Cpu;
import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Attacks on a server by peers of many kinds, beside honest nodes that beat once a second all the
 * time.
 */
public final class Hostile {
    private static final int AT_ONCE = 500;

    /** While the last are registered; then each has its turn within a second. */
    private static final Duration BEAT_EVERY = Duration.ofMillis(500);

    /** Honest nodes are alone for so long, so that it is known what the server takes for them. */
    private static final Duration ALONE = Duration.ofSeconds(3);

    /** The server is idle again within so long after an attack. */
    private static final Duration IDLE_WITHIN = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofMillis(250);

    /** For collections of garbage and orders beside the attack. */
    private static final Duration SLACK = Duration.ofSeconds(7);

    /** More of a core than for honest nodes alone, by which a server still counts as idle. */
    private static final double NOISE = 0.1;

    private final LoadRun.Options options;
    private final List<Started> contestants;
    private final Peers peers;
    private final List<Result> seen = new CopyOnWriteArrayList<>();

    /** An attack on each of the contestants, for as long as is measured. */
    public Hostile(LoadRun.Options options, Peers peers) {
        this.options = options;
        this.peers = peers;
        contestants = options.contestants().stream()
                .filter(Started.class::isInstance)
                .map(Started.class::cast)
                .toList();
    }

    /**
     * The numbers of peers.
     *
     * @param honest nodes
     * @param dawdlers in a handshake or before their registration
     * @param deaf that register, and never read
     * @param eachFlood of each kind that strikes as often as it can
     */
    public record Peers(int honest, int dawdlers, int deaf, int eachFlood) {}

    /**
     * The outcome of one attack.
     *
     * @param verdicts how often honest nodes were suspected and given up
     * @param heap bytes before it, in its end, and after it, once garbage is collected
     * @param cpu the part of a core that the server took meanwhile
     * @param idleAfter the time until the server was idle again; null if it was not in time
     * @param connections that the attackers opened
     * @param refusals by reason
     */
    public record Result(
            String label,
            State verdicts,
            Heap heap,
            double cpu,
            @Nullable Duration idleAfter,
            long connections,
            Map<String, Long> refusals) {

        /** Whether no honest node was harmed, and the server is as before. */
        public boolean isBorne() {
            return verdicts.suspect() == 0 && verdicts.offline() == 0 && idleAfter != null;
        }
    }

    /** Bytes of the server's heap. */
    public record Heap(long before, long during, long after) {}

    /** The attacks so far. Any thread. */
    public List<Result> soFar() {
        return List.copyOf(seen);
    }

    /** The number of attacks. */
    public int count() {
        return contestants.size();
    }

    /** Starts the processes, and ends them; reports each attack. */
    public List<Result> run(Progress progress) throws IOException, InterruptedException {
        for (Started contestant : contestants) {
            progress.step(contestant.label());
            Optional<Running> started = contestant.start(options.serverCore(), options.serverJava());
            try (Running running =
                            started.orElseThrow(() -> new IOException(contestant.label() + " is not available here"));
                    Load load = Load.start(options.loadCore());
                    PeerProcess attackers =
                            PeerProcess.start("the attackers", options.loadCore(), Attackers.class, List.of())) {
                load.connect(running.target(), peers.honest, AT_ONCE, BEAT_EVERY);
                seen.add(besiege(contestant, running.target(), load, attackers));
            }
        }
        return soFar();
    }

    private Result besiege(Started contestant, Target target, Load load, PeerProcess attackers)
            throws IOException, InterruptedException {
        ExecutorService beside = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "siege");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Future<Result> siege = beside.submit(() -> attack(contestant, target, attackers));
            load.open(
                    peers.honest,
                    Duration.ZERO,
                    options.measured().plus(ALONE).plus(IDLE_WITHIN).plus(SLACK));
            return siege.get();
        } catch (ExecutionException e) {
            throw new IOException("the attack failed: " + e.getCause(), e);
        } finally {
            beside.shutdownNow();
        }
    }

    private Result attack(Started contestant, Target target, PeerProcess attackers)
            throws IOException, InterruptedException {
        double alone = cpuWithin(target, ALONE);
        long before = heap(target);
        State verdicts = target.state();
        attackers.ask(
                "begin",
                target.host(),
                String.valueOf(target.port()),
                String.valueOf(contestant.endpoint().isTls()),
                String.valueOf(peers.dawdlers),
                String.valueOf(peers.deaf),
                String.valueOf(peers.eachFlood));
        double cpu = cpuWithin(target, options.measured());
        long during = heap(target);
        Connections known = Connections.of(target);
        long connections = Long.parseLong(attackers.ask("end"));
        Duration idleAfter = awaitIdle(target, alone + NOISE);
        return new Result(
                contestant.label(),
                target.state().minus(verdicts),
                new Heap(before, during, heap(target)),
                cpu,
                idleAfter,
                connections,
                known.refusals);
    }

    /** Waits until the attackers' connections are gone, and with them their work. */
    private @Nullable Duration awaitIdle(Target target, double most) throws IOException, InterruptedException {
        long startedAt = System.nanoTime();
        Duration passed = Duration.ZERO;
        while (passed.compareTo(IDLE_WITHIN) < 0) {
            double cpu = cpuWithin(target, LOOK);
            passed = Duration.ofNanos(System.nanoTime() - startedAt);
            if (cpu <= most && Connections.of(target).open == peers.honest) {
                return passed;
            }
        }
        return null;
    }

    private static double cpuWithin(Target target, Duration time) throws IOException, InterruptedException {
        Cpu before = Cpu.of(target.pid());
        long startedAt = System.nanoTime();
        Thread.sleep(time.toMillis());
        long nanos = System.nanoTime() - startedAt;
        return (double) Cpu.of(target.pid()).minus(before).nanos() / nanos;
    }

    private static long heap(Target target) throws IOException {
        return target.requireProcess().numbers("memory")[0];
    }

    /** The connections of a server, and what it has refused of them. */
    private record Connections(long open, Map<String, Long> refusals) {
        static Connections of(Target target) throws IOException {
            String[] words = target.requireProcess().ask("connections").split(" ", -1);
            Map<String, Long> refusals = new TreeMap<>();
            for (int i = 1; i < words.length; i++) {
                String[] parts = words[i].split("=", 2);
                refusals.put(parts[0], Long.parseLong(parts[1]));
            }
            return new Connections(Long.parseLong(words[0]), refusals);
        }
    }
}
