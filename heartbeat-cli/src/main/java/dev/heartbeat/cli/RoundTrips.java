package dev.heartbeat.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Adds up the round trips that the clients of several processes measure. */
final class RoundTrips {
    /** Older numbers are of a process that reports nothing any more. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    private final Histogram all = ClientTally.histogram();
    private final Map<String, EventLine> latest = new HashMap<>();

    /** Takes a line of numbers from one of the processes. */
    synchronized void add(String process, EventLine line) {
        if (line.event().equals("stats")) {
            all.add(ClientTally.decode(line.text("rttHistogram")));
            latest.put(process, line);
        }
    }

    /** The round trips of all processes, since their line before last. */
    synchronized Histogram now() {
        Instant fresh = Instant.now().minus(FRESH);
        Histogram sum = ClientTally.histogram();
        for (EventLine line : latest.values()) {
            if (line.time().isAfter(fresh)) {
                sum.add(ClientTally.decode(line.text("rttHistogram")));
            }
        }
        return sum;
    }

    /** Since the beginning. */
    synchronized Histogram all() {
        return all.copy();
    }
}
