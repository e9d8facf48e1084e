package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Holds a client to what it said of when it would try again. */
final class Attempts {
    /** A line is written a moment after its event. */
    private static final Duration LAG = Duration.ofMillis(300);

    private final Duration base;
    private final Duration cap;

    Attempts(Duration base, Duration cap) {
        this.base = base;
        this.cap = cap;
    }

    String[] options() {
        return new String[] {
            "--reconnect-base=" + DurationConverter.format(base), "--reconnect-cap=" + DurationConverter.format(cap)
        };
    }

    /**
     * Checks all lines about one node: no attempt came before its wait was over, and no wait was
     * longer than the backoff's.
     */
    void check(List<EventLine> lines) {
        List<EventLine> ends = lines.stream()
                .filter(line ->
                        line.event().equals("registered") || line.event().equals("disconnected"))
                .toList();
        Instant earliest = Instant.MIN;
        int failures = 0;
        for (EventLine line : ends) {
            assertThat(line.time().plus(LAG)).as("%s of %s", line, ends).isAfter(earliest);
            if (line.event().equals("registered")) {
                earliest = Instant.MIN;
            } else {
                Duration wait = Duration.ofMillis((long) line.number("retryInMs"));
                assertThat(wait).as("%s of %s", line, ends).isLessThanOrEqualTo(bound(failures++));
                // Counted on from what was due, not from when the line came: many small advances do
                // not add up unseen.
                earliest = (earliest.equals(Instant.MIN) ? line.time() : earliest).plus(wait);
            }
        }
    }

    private Duration bound(int failures) {
        Duration doubled = base.multipliedBy(1L << Math.min(failures, 20));
        return doubled.compareTo(cap) < 0 ? doubled : cap;
    }
}
