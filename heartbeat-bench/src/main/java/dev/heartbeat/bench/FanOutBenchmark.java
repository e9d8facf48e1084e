package dev.heartbeat.bench;

import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;

/**
 * A message to every node of a fleet, which is another process with a connection for each: how long
 * until the last application has it.
 */
public final class FanOutBenchmark {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Rounds that are not measured. */
    private static final int WARM_UP = 20;

    private final Options options;
    private final List<Round> rounds = new CopyOnWriteArrayList<>();

    /** A benchmark by these options. */
    public FanOutBenchmark(Options options) {
        this.options = options;
    }

    /** Starts both processes, and ends them; reports each message. */
    public Result run(Progress progress) throws IOException, InterruptedException {
        try (PeerProcess server = PeerProcess.start("server", 0, FanOutServer.class, options.serverJava());
                PeerProcess fleet = PeerProcess.start("fleet", 1, FanOutFleet.class, List.of())) {
            progress.step("nodes register");
            fleet.ask("connect", server.ask("port"), String.valueOf(options.nodes()));
            for (int i = 1; i <= WARM_UP; i++) {
                progress.step("warming up");
                round(i, server, fleet);
            }
            for (int i = 1; i <= options.rounds(); i++) {
                progress.step("message " + i);
                rounds.add(round(WARM_UP + i, server, fleet));
            }
            return soFar();
        }
    }

    /** The steps of a run: the registrations, and each message. */
    public int steps() {
        return 1 + WARM_UP + options.rounds();
    }

    /** The rounds that are over. Any thread. */
    public Result soFar() {
        List<Round> over = List.copyOf(rounds);
        return new Result(
                over.size(),
                micros(over.stream().mapToLong(Round::offered)),
                micros(over.stream().mapToLong(Round::last)),
                over.stream().mapToLong(Round::cpu).average().orElse(0) / options.nodes());
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

    private static RoundTrips.Summary micros(LongStream nanos) {
        return RoundTrips.Summary.of(nanos.map(n -> n / 1000).sorted().toArray());
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
     * @param rounds how many there were
     * @param offered until the call returned
     * @param last until the last application had it
     * @param cpuNanos processor time of the server for each recipient, of all its threads, kernel
     *     included
     */
    public record Result(int rounds, RoundTrips.Summary offered, RoundTrips.Summary last, double cpuNanos) {}
}
