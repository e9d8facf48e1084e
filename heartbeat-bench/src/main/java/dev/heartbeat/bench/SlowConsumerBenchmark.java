package dev.heartbeat.bench;

import dev.heartbeat.bench.process.PeerProcess;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Nodes that register and never read, and a server that sends to each of them whatever is accepted:
 * what that takes of the server's memory, when it has had enough of them, and what the nodes beside
 * them notice.
 */
public final class SlowConsumerBenchmark {
    /** The bytes that may wait for a node. */
    public static final long QUEUE_BYTES = 64 * 1024;

    /** For how long a node may take nothing. */
    public static final Duration WRITE_STALL = Duration.ofSeconds(10);

    private static final int FRAME_BYTES = 12 + 16_384;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** All queues are full after this, and nobody is closed yet. */
    private static final Duration FULL_AFTER = Duration.ofSeconds(6);

    private static final int STEPS = 5;

    private final Options options;
    private volatile long[] before = new long[3];
    private volatile long[] peak = before;
    private volatile long[] after = before;
    private volatile long[] counts = new long[7];
    private volatile long stillThere;
    private volatile RoundTrips.Summary filling = RoundTrips.Summary.NONE;
    private volatile RoundTrips.Summary closing = RoundTrips.Summary.NONE;

    /** A benchmark by these options. */
    public SlowConsumerBenchmark(Options options) {
        this.options = options;
    }

    /**
     * The memory that may lie in the server for each connection, by its options: the queue, three
     * frames, and what the transport takes before it is no longer writable.
     */
    public static long boundPerNode() {
        return QUEUE_BYTES + 3 * FRAME_BYTES + TransportOptions.defaults().highWaterBytes();
    }

    /** Starts all processes, and ends them; reports what it does. */
    public Result run(Progress progress) throws IOException, InterruptedException {
        try (PeerProcess server = PeerProcess.start("server", 0, SlowConsumerServer.class, options.serverJava());
                PeerProcess others = PeerProcess.start("others", 1, BulkFleet.class, List.of());
                PeerProcess slow = PeerProcess.start("slow", 1, SlowConsumerFleet.class, List.of())) {
            String port = server.ask("port");
            progress.step("nodes register");
            // One more than that, which is to send bulk elsewhere.
            others.ask("connect", port, String.valueOf(options.others() - 1));
            slow.ask("connect", port, String.valueOf(options.slow()));
            await(server, "registered", 0, options.slow() + options.others());
            before = server.numbers("memory");
            progress.step("all are registered");
            Thread.sleep(2000);
            others.ask("times");
            progress.step("queues fill");
            server.ask("push");
            Thread.sleep(FULL_AFTER.toMillis());
            filling = RoundTrips.Summary.of(others.numbers("times"), 0);
            peak = server.numbers("memory");
            counts = server.numbers("counts");
            stillThere = options.slow() - counts[1];
            progress.step("queues are full");
            // A whole collection was asked for, which is not what happens in use.
            Thread.sleep(1000);
            others.ask("times");
            await(server, "counts", 1, options.slow());
            progress.step("all are closed");
            Thread.sleep(3000);
            closing = RoundTrips.Summary.of(others.numbers("times"), 0);
            counts = server.numbers("counts");
            after = server.numbers("memory");
            return soFar();
        }
    }

    /** The steps of a run. */
    public static int steps() {
        return STEPS;
    }

    /** The result so far: memory not measured yet is 0, and round trips have no beats. Any thread. */
    public Result soFar() {
        return new Result(before, peak, stillThere, counts, filling, closing, after);
    }

    private static void await(PeerProcess of, String what, int index, long wanted)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long[] numbers = of.numbers(what);
        while (numbers[index] < wanted) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(what + ": " + numbers[index] + " of " + wanted);
            }
            Thread.sleep(50);
            numbers = of.numbers(what);
        }
    }

    /**
     * The options of a run.
     *
     * @param slow how many never read
     * @param others how many nodes are beside them
     * @param serverJava options for the Java of the server
     */
    public record Options(int slow, int others, List<String> serverJava) {}

    /** The outcome. */
    public static final class Result {
        private final long[] before;
        private final long[] peak;
        private final long stillThere;
        private final long[] counts;
        private final RoundTrips.Summary filling;
        private final RoundTrips.Summary closing;
        private final long[] after;

        Result(
                long[] before,
                long[] peak,
                long stillThere,
                long[] counts,
                RoundTrips.Summary filling,
                RoundTrips.Summary closing,
                long[] after) {
            this.before = before;
            this.peak = peak;
            this.stillThere = stillThere;
            this.counts = counts;
            this.filling = filling;
            this.closing = closing;
            this.after = after;
        }

        /** The server's memory before the first message. */
        public Memory before() {
            return Memory.of(before);
        }

        /** With all queues full. */
        public Memory peak() {
            return Memory.of(peak);
        }

        /** When all that are slow were closed. */
        public Memory after() {
            return Memory.of(after);
        }

        /** Slow nodes that were connected when the peak was measured. */
        public long stillThere() {
            return stillThere;
        }

        /** Messages that were accepted for them. */
        public long accepted() {
            return counts[0];
        }

        /** The number of them that the server closed. */
        public long closed() {
            return counts[1];
        }

        /** The number that were suspected for silence instead, though they beat. */
        public long silent() {
            return counts[2];
        }

        /** When the first was closed, from the first message on. */
        public Duration firstClosed() {
            return Duration.ofMillis(counts[3]);
        }

        /** When the last was. */
        public Duration lastClosed() {
            return Duration.ofMillis(counts[4]);
        }

        /** The number of times that one of the others was suspected. */
        public long suspect() {
            return counts[5];
        }

        /** The number of times that one of the others was given up. */
        public long offline() {
            return counts[6];
        }

        /** Round trips of the others while the queues fill and are full. */
        public RoundTrips.Summary filling() {
            return filling;
        }

        /** Round trips of the others until all that are slow are closed. */
        public RoundTrips.Summary closing() {
            return closing;
        }

        /** Whether memory stayed within its bound, and the others noticed nothing. */
        public boolean isCalm() {
            long grown = peak().heap() + peak().direct() - before().heap() - before().direct();
            return grown <= stillThere * boundPerNode() && suspect() == 0 && offline() == 0;
        }
    }

    /**
     * Bytes of the server after a collection.
     *
     * @param heap of the heap
     * @param direct of direct buffers
     * @param resident of the process; 0 where the system does not report it
     */
    public record Memory(long heap, long direct, long resident) {
        static Memory of(long[] numbers) {
            return new Memory(numbers[0], numbers[1], numbers[2]);
        }
    }
}
