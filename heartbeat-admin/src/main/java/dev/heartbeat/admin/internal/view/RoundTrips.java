package dev.heartbeat.admin.internal.view;

import dev.heartbeat.Node;
import dev.heartbeat.NodeRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The round-trip times of the fleet, from a look at every node. A look costs time in proportion to
 * the fleet, so the next waits until the looks are a hundredth of the time. On one thread.
 */
final class RoundTrips {
    private static final long LEAST_NS = Duration.ofSeconds(5).toNanos();
    private static final int PART = 100;

    private final LongSupplier nanos;
    private long nextNs;
    private Map<String, Object> last = Map.of();

    RoundTrips(LongSupplier nanos) {
        this.nanos = nanos;
        nextNs = nanos.getAsLong();
    }

    /** {@return p50 and p99 in microseconds, of a moment ago; empty if no node has reported one} */
    Map<String, Object> of(NodeRegistry nodes) {
        long beginNs = nanos.getAsLong();
        if (beginNs - nextNs >= 0) {
            last = look(nodes);
            long tookNs = nanos.getAsLong() - beginNs;
            nextNs = beginNs + Math.max(LEAST_NS, PART * tookNs);
        }
        return last;
    }

    private static Map<String, Object> look(NodeRegistry nodes) {
        long[] micros = nodes.stream()
                .map(Node::rtt)
                .filter(Objects::nonNull)
                .mapToLong(Values::micros)
                .sorted()
                .toArray();
        if (micros.length == 0) {
            return Map.of();
        }
        Map<String, Object> percentiles = new LinkedHashMap<>();
        percentiles.put("rttP50", micros[micros.length / 2]);
        percentiles.put("rttP99", micros[(int) (micros.length * 99L / 100)]);
        return percentiles;
    }
}
