package dev.heartbeat;

import static dev.heartbeat.ServerSetters.HEARTBEAT_INTERVAL;
import static dev.heartbeat.ServerSetters.HEARTBEAT_TIMEOUT;
import static dev.heartbeat.ServerSetters.SUSPECT_AFTER;

import dev.heartbeat.option.Given;
import dev.heartbeat.option.Option;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The times by which a node's silence is judged: what was set, and what follows where nothing was.
 * Invariant: each is in its range, and 2 × {@code interval} ≤ {@code suspectAfter} &lt;
 * {@code timeout}. The exception says which of them was not set, if they do not go together.
 */
final class Silence {
    final Duration interval;
    final Duration suspectAfter;
    final Duration timeout;

    private final Given<ServerOptions> given;

    Silence(Given<ServerOptions> given) {
        this.given = given;
        interval = given.value(HEARTBEAT_INTERVAL);
        timeout = given.value(HEARTBEAT_TIMEOUT);
        suspectAfter = given.value(SUSPECT_AFTER, timeout.multipliedBy(5).dividedBy(6));

        String timeoutIs = isText(HEARTBEAT_TIMEOUT, timeout);
        if (suspectAfter.compareTo(interval.multipliedBy(2)) < 0) {
            throw given.has(SUSPECT_AFTER)
                    ? tooEarly(
                            isText(SUSPECT_AFTER, suspectAfter),
                            interval.multipliedBy(2),
                            isText(HEARTBEAT_INTERVAL, interval))
                    : tooFewBeats(isText(HEARTBEAT_INTERVAL, interval), timeoutIs);
        }
        if (timeout.compareTo(suspectAfter) <= 0) {
            throw tooEarly(timeoutIs, suspectAfter.plusMillis(1), isText(SUSPECT_AFTER, suspectAfter));
        }
    }

    private String isText(Option<ServerOptions, Duration> option, Duration value) {
        return option + " is " + Option.textOf(value) + (given.has(option) ? "" : " (default)");
    }

    /**
     * The node would be SUSPECT within two intervals. The refused one is one that was set: the
     * timeout, else the interval.
     */
    private IllegalArgumentException tooFewBeats(String intervalIs, String timeoutIs) {
        return given.has(HEARTBEAT_TIMEOUT)
                ? tooEarly(timeoutIs, interval.multipliedBy(12).dividedBy(5), intervalIs)
                : refusal(
                        intervalIs,
                        HEARTBEAT_INTERVAL.min(),
                        timeout.multipliedBy(5).dividedBy(12),
                        timeoutIs);
    }

    private static IllegalArgumentException tooEarly(String optionIs, Duration least, String reason) {
        return refusal(optionIs, least, HEARTBEAT_TIMEOUT.max(), reason);
    }

    private static IllegalArgumentException refusal(
            String optionIs, @Nullable Duration least, @Nullable Duration most, String reason) {
        return new IllegalArgumentException(optionIs + ", allowed is " + Option.textOf(Objects.requireNonNull(least))
                + " to " + Option.textOf(Objects.requireNonNull(most)) + ", since " + reason);
    }
}
