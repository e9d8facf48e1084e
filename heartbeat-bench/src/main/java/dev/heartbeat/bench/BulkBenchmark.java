package dev.heartbeat.bench;

import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Heartbeats beside bulk over loopback: many nodes that beat once a second, and one that moves bulk
 * over several channels, all of one process; the server is another. The same heartbeats are
 * measured before, without the bulk.
 */
public final class BulkBenchmark {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Options options;
    private final Consumer<String> progress;

    /** Reports what it does, line by line. */
    public BulkBenchmark(Options options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /** Starts both processes, and ends them. */
    public Result run() throws IOException, InterruptedException {
        try (PeerProcess server = PeerProcess.start("server", 0, BulkServer.class, options.serverJava());
                PeerProcess fleet = PeerProcess.start("fleet", 1, BulkFleet.class, List.of())) {
            fleet.ask("connect", server.ask("port"), String.valueOf(options.nodes()));
            progress.accept(options.nodes() + " nodes beat");
            // The first beats meet a JVM that is still compiling.
            Thread.sleep(options.quiet().toMillis());
            fleet.ask("times");
            Thread.sleep(options.quiet().toMillis());
            long[] without = fleet.numbers("times");
            progress.accept("bulk over " + options.channels() + " channels");
            long startedAt = System.nanoTime();
            fleet.ask("send", String.valueOf(options.channels()), String.valueOf(options.bytes() / options.channels()));
            long[] counts = awaitAll(server, fleet);
            long nanos = System.nanoTime() - startedAt;
            long[] with = fleet.numbers("times");
            // A node that fell silent at the end is only judged after the timeout.
            Thread.sleep(options.quiet().toMillis());
            long[] after = server.numbers("counts");
            return new Result(
                    counts[0],
                    counts[1],
                    nanos,
                    after[2],
                    after[3],
                    after[4],
                    RoundTrips.Summary.of(without, 0),
                    RoundTrips.Summary.of(without, 4),
                    RoundTrips.Summary.of(with, 0),
                    RoundTrips.Summary.of(with, 4));
        }
    }

    private long[] awaitAll(PeerProcess server, PeerProcess fleet) throws IOException, InterruptedException {
        long[] counts = server.numbers("counts");
        long movedAt = System.nanoTime();
        while (counts[1] < options.bytes() || counts[0] < fleet.numbers("sent")[0]) {
            if (System.nanoTime() - movedAt > PATIENCE.toNanos()) {
                throw new IOException("the bulk stands still after " + counts[1] + " bytes");
            }
            Thread.sleep(10);
            long before = counts[1];
            counts = server.numbers("counts");
            movedAt = counts[1] == before ? movedAt : System.nanoTime();
        }
        return counts;
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
