package dev.heartbeat.bench;

import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Heartbeats beside bulk over loopback: many nodes that beat once a second, and one that moves bulk
 * over several channels, all of one process; the server is another. The same heartbeats are
 * measured before, without the bulk.
 */
public final class BulkBenchmark {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The steps in which the bulk is reported, and those before and after it. */
    private static final int TENTHS = 10;

    private static final int OTHER_STEPS = 4;

    private static final long[] NO_TIMES = new long[8];

    private final Options options;
    private volatile long[] without = NO_TIMES;
    private volatile long[] with = NO_TIMES;
    private volatile long[] counts = new long[5];
    private volatile long nanos;

    /** A benchmark by these options. */
    public BulkBenchmark(Options options) {
        this.options = options;
    }

    /** Starts both processes, and ends them; reports what it does. */
    public Result run(Progress progress) throws IOException, InterruptedException {
        try (PeerProcess server = PeerProcess.start("server", 0, BulkServer.class, options.serverJava());
                PeerProcess fleet = PeerProcess.start("fleet", 1, BulkFleet.class, List.of())) {
            progress.step("nodes register");
            fleet.ask("connect", server.ask("port"), String.valueOf(options.nodes()));
            // The first beats meet a JVM that is still compiling.
            progress.step("warming up");
            Thread.sleep(options.quiet().toMillis());
            fleet.ask("times");
            progress.step("without bulk");
            Thread.sleep(options.quiet().toMillis());
            without = fleet.numbers("times");
            moveBulk(server, fleet, progress);
            with = fleet.numbers("times");
            // A node that fell silent at the end is only judged after the timeout.
            progress.step("verdicts");
            Thread.sleep(options.quiet().toMillis());
            counts = server.numbers("counts");
            return soFar();
        }
    }

    /** The steps of a run. */
    public static int steps() {
        return OTHER_STEPS + TENTHS;
    }

    /** The result so far: round trips not measured yet have no beats. Any thread. */
    public Result soFar() {
        long[] known = counts;
        return new Result(
                known[0],
                known[1],
                nanos,
                known[2],
                known[3],
                known[4],
                RoundTrips.Summary.of(without, 0),
                RoundTrips.Summary.of(without, 4),
                RoundTrips.Summary.of(with, 0),
                RoundTrips.Summary.of(with, 4));
    }

    private void moveBulk(PeerProcess server, PeerProcess fleet, Progress progress)
            throws IOException, InterruptedException {
        long startedAt = System.nanoTime();
        fleet.ask("send", String.valueOf(options.channels()), String.valueOf(options.bytes() / options.channels()));
        long movedAt = startedAt;
        int tenths = 0;
        while (counts[1] < options.bytes() || counts[0] < fleet.numbers("sent")[0]) {
            if (System.nanoTime() - movedAt > PATIENCE.toNanos()) {
                throw new IOException("the bulk stands still after " + counts[1] + " bytes");
            }
            for (; tenths < TENTHS && counts[1] >= tenths * (options.bytes() / TENTHS); tenths++) {
                progress.step("bulk over " + options.channels() + " channels");
            }
            Thread.sleep(10);
            long before = counts[1];
            counts = server.numbers("counts");
            nanos = System.nanoTime() - startedAt;
            movedAt = counts[1] == before ? movedAt : System.nanoTime();
        }
    }

    /**
     * The options of a run.
     *
     * @param nodes how many beat and do nothing else
     * @param channels how many channels the bulk goes over
     * @param bytes how much all of it is, at least
     * @param quiet how long heartbeats are measured without it
     * @param serverJava options for the Java of the server
     */
    public record Options(int nodes, int channels, long bytes, Duration quiet, List<String> serverJava) {}

    /**
     * The outcome. Times in microseconds but for {@code nanos}.
     *
     * @param messages how many messages of bulk came
     * @param bytes how much that was
     * @param nanos how long it took
     * @param wrong messages that were not the next of their channel, or not whole
     * @param suspect how often a node was suspected
     * @param offline how often one was given up
     * @param nodesWithout round trips of the nodes before the bulk
     * @param senderWithout those of the node that was to send it
     * @param nodesWith round trips of the nodes beside the bulk
     * @param senderWith those of the node that sent it
     */
    public record Result(
            long messages,
            long bytes,
            long nanos,
            long wrong,
            long suspect,
            long offline,
            RoundTrips.Summary nodesWithout,
            RoundTrips.Summary senderWithout,
            RoundTrips.Summary nodesWith,
            RoundTrips.Summary senderWith) {

        /** Whether every message came, in order, and nobody was suspected for it. */
        public boolean isCalm() {
            return wrong == 0 && suspect == 0 && offline == 0;
        }
    }
}
