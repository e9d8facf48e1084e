package dev.heartbeat.cli;

import dev.heartbeat.cli.Promise.Expectation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges how well a server noticed what was done to its nodes, from its event lines and the times
 * of the signals alone.
 */
final class Detection {

    /**
     * A signal that a group of nodes got.
     *
     * @param name what it was
     * @param at the moment before it was sent
     * @param nodes who got it
     * @param expected the report that the server should give of each of them
     */
    record Signal(String name, Instant at, Collection<String> nodes, List<Expectation> expected) {
        Signal {
            nodes = List.copyOf(nodes);
            expected = List.copyOf(expected);
        }

        private boolean excuses(EventLine line) {
            return expected.stream().anyMatch(expectation -> expectation.event().equals(line.event()));
        }
    }

    /**
     * The outcome of one expectation.
     *
     * @param signal what was done
     * @param expected the report that should have come
     * @param delays how long after the signal it was, shortest first
     * @param early the number of nodes for which it was reported too early
     * @param late the number for which it was too late
     * @param wrong the number with another reason
     * @param never the number for which it was not reported at all
     */
    record Row(Signal signal, Expectation expected, List<Duration> delays, int early, int late, int wrong, int never) {
        boolean kept() {
            return early + late + wrong + never == 0;
        }
    }

    /**
     * The outcome.
     *
     * @param rows one for each expectation
     * @param falseOffline lines that call a node OFFLINE to which nothing had happened
     * @param falseSuspect lines that suspect one; allowed, as suspicion is what comes before
     *     certainty
     */
    record Verdict(List<Row> rows, List<EventLine> falseOffline, List<EventLine> falseSuspect) {
        boolean passed() {
            return falseOffline.isEmpty() && rows.stream().allMatch(Row::kept);
        }
    }

    private final Map<String, List<EventLine>> linesByNode = new HashMap<>();

    private Detection(List<EventLine> lines) {
        for (EventLine line : lines) {
            linesByNode
                    .computeIfAbsent(line.text("node"), node -> new ArrayList<>())
                    .add(line);
        }
    }

    /**
     * Judges the lines, in the order in which they came; the signals are in the order of their
     * times.
     */
    static Verdict judge(List<EventLine> lines, List<Signal> signals) {
        Detection detection = new Detection(lines);
        List<Row> rows = signals.stream()
                .flatMap(signal -> signal.expected().stream().map(expected -> detection.row(signal, expected)))
                .toList();
        return new Verdict(rows, detection.unexplained("offline", signals), detection.unexplained("suspect", signals));
    }

    private Row row(Signal signal, Expectation expected) {
        List<Duration> delays = new ArrayList<>();
        int early = 0;
        int late = 0;
        int wrong = 0;
        for (String node : signal.nodes()) {
            Optional<EventLine> line = firstAfter(signal, node, expected.event());
            if (line.isPresent()) {
                Duration delay = Duration.between(signal.at(), line.get().time());
                delays.add(delay);
                early += delay.compareTo(expected.earliest()) < 0 ? 1 : 0;
                late += delay.compareTo(expected.latest()) > 0 ? 1 : 0;
                wrong += line.get().text("reason").equals(expected.reason()) ? 0 : 1;
            }
        }
        delays.sort(null);
        int never = signal.nodes().size() - delays.size();
        return new Row(signal, expected, List.copyOf(delays), early, late, wrong, never);
    }

    private Optional<EventLine> firstAfter(Signal signal, String node, String event) {
        return linesByNode.getOrDefault(node, List.of()).stream()
                .filter(line -> line.event().equals(event) && !line.time().isBefore(signal.at()))
                .findFirst();
    }

    /** The lines of such an event that are not the first one after a signal that leads to it. */
    private List<EventLine> unexplained(String event, List<Signal> signals) {
        Set<EventLine> explained = new HashSet<>();
        for (Signal signal : signals) {
            for (String node : signal.nodes()) {
                firstAfter(signal, node, event).filter(signal::excuses).ifPresent(explained::add);
            }
        }
        return linesByNode.values().stream()
                .flatMap(List::stream)
                .filter(line -> line.event().equals(event) && !explained.contains(line))
                .toList();
    }
}
