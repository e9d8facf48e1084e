package dev.heartbeat.bench;

import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A message to every node of a fleet, which is another process with a connection for each: how long
 * until the last application has it.
 */
public final class FanOutBenchmark {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Rounds that are not measured. */
    private static final int WARM_UP = 20;

    private final Options options;
    private final Consumer<String> progress;

    /** Reports what it does, line by line. */
    public FanOutBenchmark(Options options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /** Starts both processes, and ends them. */
    public Result run() throws IOException, InterruptedException {
        try (PeerProcess server = PeerProcess.start("server", 0, FanOutServer.class, options.serverJava());
                PeerProcess fleet = PeerProcess.start("fleet", 1, FanOutFleet.class, List.of())) {
            fleet.ask("connect", server.ask("port"), String.valueOf(options.nodes()));
            progress.accept(options.nodes() + " nodes are registered");
            for (int i = 1; i <= WARM_UP; i++) {
                round(i, server, fleet);
            }
            Round[] rounds = new Round[options.rounds()];
            for (int i = 0; i < rounds.length; i++) {
                rounds[i] = round(WARM_UP + 1 + i, server, fleet);
            }
            return new Result(
                    micros(Arrays.stream(rounds).mapToLong(Round::offered).toArray()),
                    micros(Arrays.stream(rounds).mapToLong(Round::last).toArray()),
                    Arrays.stream(rounds).mapToLong(Round::cpu).average().orElse(0) / options.nodes());
        }
    }

    private Round round(int number, PeerProcess server, PeerProcess fleet) throws IOException, InterruptedException {
        fleet.ask("expect", String.valueOf(number));
        long[] sent = server.numbers("broadcast", String.valueOf(number), String.valueOf(options.bytes()));
        if (sent[3] != options.nodes()) {
            throw new IOException(sent[3] + " of " + options.nodes() + " nodes accepted a message for all");
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long[] had = fleet.numbers("had");
        while (had[0] != options.nodes()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(had[0] + " of " + options.nodes() + " nodes had a message for all");
            }
            Thread.sleep(5);
            had = fleet.numbers("had");
        }
        long cpu = server.numbers("cpu")[0] - sent[0];
        // Two processes of one machine: the clock is the same, and counts from its start.
        return new Round(sent[2] - sent[1], had[1] - sent[1], cpu);
    }

    private static RoundTrips.Summary micros(long[] nanos) {
        return RoundTrips.Summary.of(
                Arrays.stream(nanos).map(n -> n / 1000).sorted().toArray());
    }

    private record Round(long offered, long last, long cpu) {}

    /**
     * The options of a run.
     *
     * @param nodes how many have a connection
     * @param bytes how long the message is, at least 8
     * @param rounds how many messages are measured, one after the other
     * @param serverJava options for the Java of the server
     */
    public record Options(int nodes, int bytes, int rounds, List<String> serverJava) {}

    /**
     * The outcome; times in microseconds over the rounds.
     *
     * @param offered until the call returned
     * @param last until the last application had it
     * @param cpuNanos processor time of the server for each recipient, of all its threads, kernel
     *     included
     */
    public record Result(RoundTrips.Summary offered, RoundTrips.Summary last, double cpuNanos) {}
}
