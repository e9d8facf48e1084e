package dev.heartbeat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The times by which a node's silence is judged: what was set, and what follows where nothing was. Invariant: each is in its range, and 2 × {@code interval} ≤ {@code suspectAfter} &lt;
 * {@code timeout}. Where they do not go together, the exception says which of them was not set.
 */
final class Silence {
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);
    private static final Duration LONGEST = Duration.ofDays(7);

    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    final Duration interval;
    final Duration suspectAfter;
    final Duration timeout;

    /** Each is null where it was not set. */
    Silence(@Nullable Duration setInterval, @Nullable Duration setSuspectAfter, @Nullable Duration setTimeout) {
        interval = setInterval == null ? DEFAULT_INTERVAL : setInterval;
        timeout = setTimeout == null ? DEFAULT_TIMEOUT : setTimeout;
        Ranges.check("heartbeatInterval", interval, SHORTEST_INTERVAL, LONGEST_INTERVAL);
        Ranges.check("heartbeatTimeout", timeout, Duration.ZERO, LONGEST);
        suspectAfter = setSuspectAfter == null ? timeout.multipliedBy(5).dividedBy(6) : setSuspectAfter;
        Ranges.check("suspectAfter", suspectAfter, Duration.ZERO, LONGEST);

        String intervalIs = isText("heartbeatInterval", interval, setInterval);
        String timeoutIs = isText("heartbeatTimeout", timeout, setTimeout);
        if (suspectAfter.compareTo(interval.multipliedBy(2)) < 0) {
            throw setSuspectAfter == null
                    ? tooFewBeats(intervalIs, timeoutIs, setTimeout != null)
                    : refusal("suspectAfter is " + Ranges.text(suspectAfter), interval.multipliedBy(2), intervalIs);
        }
        if (timeout.compareTo(suspectAfter) <= 0) {
            throw refusal(timeoutIs, suspectAfter.plusMillis(1), isText("suspectAfter", suspectAfter, setSuspectAfter));
        }
    }

    private static String isText(String option, Duration value, @Nullable Duration set) {
        return option + " is " + Ranges.text(value) + (set == null ? " (default)" : "");
    }

    /** The node would be SUSPECT within two intervals. What was set is refused: the timeout, else the interval. */
    private IllegalArgumentException tooFewBeats(String intervalIs, String timeoutIs, boolean isTimeoutSet) {
        return isTimeoutSet
                ? refusal(timeoutIs, interval.multipliedBy(12).dividedBy(5), intervalIs)
                : new IllegalArgumentException(intervalIs + ", allowed is " + Ranges.text(SHORTEST_INTERVAL) + " to "
                        + Ranges.text(timeout.multipliedBy(5).dividedBy(12)) + ", since " + timeoutIs);
    }

    private static IllegalArgumentException refusal(String option, Duration least, String reason) {
        return new IllegalArgumentException(
                option + ", allowed is " + Ranges.text(least) + " to " + Ranges.text(LONGEST) + ", since " + reason);
    }
}
