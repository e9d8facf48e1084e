package dev.heartbeat.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The reports of a server so far: every line about a node, what it makes of each node now, and its
 * latest numbers.
 */
final class EventLog {
    private final List<EventLine> nodeLines = new ArrayList<>();
    private final Map<String, String> lastEvents = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, EventLine> others = new HashMap<>();

    synchronized void add(EventLine line) {
        switch (line.event()) {
            case "online", "suspect", "offline" -> {
                nodeLines.add(line);
                counts.merge(line.event(), 1, Integer::sum);
                String before = lastEvents.put(line.text("node"), line.event());
                if (before != null) {
                    counts.merge(before, -1, Integer::sum);
                }
            }
            default -> others.put(line.event(), line);
        }
        notifyAll();
    }

    /** The lines about nodes, in the order in which they came. */
    synchronized List<EventLine> nodeLines() {
        return List.copyOf(nodeLines);
    }

    /** The number of nodes that are in the state that this event leads to. */
    synchronized int count(String event) {
        return counts.getOrDefault(event, 0);
    }

    /** Whether this event is the last that was reported of each of the nodes. */
    synchronized boolean areAll(Collection<String> nodes, String event) {
        return nodes.stream().allMatch(node -> event.equals(lastEvents.get(node)));
    }

    /** The last line of an event that is about no node. */
    synchronized Optional<EventLine> last(String event) {
        return Optional.ofNullable(others.get(event));
    }

    /**
     * Waits for something that lines bring about, and looks for it after each; false if it took too
     * long.
     */
    synchronized boolean await(BooleanSupplier condition, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(Math.min(millis, 100));
        }
        return true;
    }
}
