package dev.heartbeat.bench;

import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.util.ListStatistics;

/**
 * Streams of messages over loopback between two processes, on a core each where that can be had: a
 * plain socket beside the bus. Every workload has its turn in each round in the same two processes,
 * which live through all rounds, so that a machine that is busy with other things slows down what
 * is compared alike. The figures reported are medians over the rounds.
 *
 * <p>Each turn sends for a while before it is measured, and ends when everything that was sent has
 * arrived. The first round is not counted.
 */
public final class MessageBenchmark {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Workload> workloads;
    private final Options options;
    private final List<Map<Workload, Turn>> rounds = new CopyOnWriteArrayList<>();

    /**
     * @param rounds how many are counted
     * @param before how long each workload runs in a turn before it is measured
     * @param measured how long it is measured
     * @param receiverOptions of the Java that receives
     * @param senderOptions of the Java that sends
     */
    public record Options(
            int rounds, Duration before, Duration measured, List<String> receiverOptions, List<String> senderOptions) {}

    /**
     * Medians over the rounds. Times are processor time, of all threads of a process.
     *
     * @param messagesPerSecond as the receiving application counted them
     * @param ofBaseline that, divided by the same of the plain socket in the same round; NaN
     *     without one
     * @param receiverNanos for each message
     * @param senderNanos for each message
     * @param receiverLoopBytes allocated for each message on the receiver's loop
     * @param receiverOtherBytes allocated for each message by its worker threads
     * @param senderLoopBytes allocated for each message on the sender's loop
     * @param senderOtherBytes allocated for each message by the thread that sends
     */
    public record Row(
            Workload workload,
            double messagesPerSecond,
            double ofBaseline,
            double receiverNanos,
            double senderNanos,
            double receiverLoopBytes,
            double receiverOtherBytes,
            double senderLoopBytes,
            double senderOtherBytes) {}

    /** One turn of one workload. */
    private record Turn(Snapshot received, Snapshot sent) {}

    /** A comparison of these streams. */
    public MessageBenchmark(List<Workload> workloads, Options options) {
        this.workloads = List.copyOf(workloads);
        this.options = options;
    }

    /** Runs all rounds; reports each turn. */
    public List<Row> run(Progress progress) throws IOException, InterruptedException {
        try (PeerProcess receiver = PeerProcess.start("receiver", 0, Peer.class, options.receiverOptions());
                PeerProcess sender = PeerProcess.start("sender", 1, Peer.class, options.senderOptions())) {
            for (Workload workload : workloads) {
                sender.ask("connect", workload.name(), receiver.ask("receive", workload.name()));
            }
            var unused = round("warming up", receiver, sender, progress);
            for (int round = 1; round <= options.rounds(); round++) {
                rounds.add(round("round " + round + " of " + options.rounds(), receiver, sender, progress));
            }
            return soFar();
        }
    }

    /** The turns of a run, the first round included. */
    public int turns() {
        return workloads.size() * (options.rounds() + 1);
    }

    /** Medians over the rounds that are over; nothing before the first. Any thread. */
    public List<Row> soFar() {
        List<Map<Workload, Turn>> over = List.copyOf(rounds);
        return over.isEmpty()
                ? List.of()
                : workloads.stream().map(workload -> row(workload, over)).toList();
    }

    /** The number of rounds that are over. Any thread. */
    public int rounds() {
        return rounds.size();
    }

    private Map<Workload, Turn> round(String label, PeerProcess receiver, PeerProcess sender, Progress progress)
            throws IOException, InterruptedException {
        Map<Workload, Turn> turns = new LinkedHashMap<>();
        for (Workload workload : workloads) {
            progress.step(label + ", " + workload.name());
            turns.put(workload, turn(workload, receiver, sender));
        }
        return turns;
    }

    private Turn turn(Workload workload, PeerProcess receiver, PeerProcess sender)
            throws IOException, InterruptedException {
        sender.ask("start", workload.name());
        Thread.sleep(options.before().toMillis());
        Snapshot receivedBefore = snapshot(receiver, "received", workload);
        Snapshot sentBefore = snapshot(sender, "sent", workload);
        Thread.sleep(options.measured().toMillis());
        Snapshot received = snapshot(receiver, "received", workload);
        Snapshot sent = snapshot(sender, "sent", workload);
        sender.ask("stop", workload.name());
        awaitAll(workload, receiver, sender);
        return new Turn(received.minus(receivedBefore), sent.minus(sentBefore));
    }

    private static Snapshot snapshot(PeerProcess of, String what, Workload workload) throws IOException {
        return Snapshot.parse(of.ask(what, workload.name()));
    }

    private static void awaitAll(Workload workload, PeerProcess receiver, PeerProcess sender)
            throws IOException, InterruptedException {
        long sent = snapshot(sender, "sent", workload).messages();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long received = snapshot(receiver, "received", workload).messages();
        while (received != sent) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(workload.name() + ": " + sent + " messages were sent, and " + received + " came");
            }
            Thread.sleep(10);
            received = snapshot(receiver, "received", workload).messages();
        }
    }

    private static Row row(Workload workload, List<Map<Workload, Turn>> rounds) {
        ToDoubleFunction<ToDoubleFunction<Turn>> median =
                of -> median(rounds, round -> of.applyAsDouble(Objects.requireNonNull(round.get(workload))));
        return new Row(
                workload,
                median.applyAsDouble(turn -> turn.received.perSecond()),
                median(rounds, round -> ofBaseline(workload, round)),
                median.applyAsDouble(turn -> turn.received.perMessage(turn.received.cpuNanos())),
                median.applyAsDouble(turn -> turn.sent.perMessage(turn.sent.cpuNanos())),
                median.applyAsDouble(turn -> turn.received.perMessage(turn.received.loopBytes())),
                median.applyAsDouble(turn -> turn.received.perMessage(turn.received.otherBytes())),
                median.applyAsDouble(turn -> turn.sent.perMessage(turn.sent.loopBytes())),
                median.applyAsDouble(turn -> turn.sent.perMessage(turn.sent.otherBytes())));
    }

    private static double ofBaseline(Workload workload, Map<Workload, Turn> round) {
        double rate = Objects.requireNonNull(round.get(workload)).received.perSecond();
        return round.entrySet().stream()
                .filter(other -> other.getKey().isBaseline() && other.getKey().bytes() == workload.bytes())
                .mapToDouble(baseline -> rate / baseline.getValue().received.perSecond())
                .findFirst()
                .orElse(Double.NaN);
    }

    private static double median(
            List<Map<Workload, Turn>> rounds, ToDoubleFunction<? super Map<Workload, Turn>> value) {
        return new ListStatistics(rounds.stream().mapToDouble(value).toArray()).getPercentile(50);
    }
}
