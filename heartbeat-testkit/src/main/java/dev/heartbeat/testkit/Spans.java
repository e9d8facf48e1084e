package dev.heartbeat.testkit;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Judges the times that a test gives. */
final class Spans {
    /** Anything longer counts as this; sums of a few can still be expressed in nanoseconds. */
    static final Duration LONGEST = Duration.ofDays(36_500);

    private Spans() {}

    static Duration requireNotNegative(String parameter, Duration value) {
        if (Objects.requireNonNull(value, parameter).isNegative()) {
            throw new IllegalArgumentException(parameter + " is " + value + ", allowed is 0 and more");
        }
        return value.compareTo(LONGEST) < 0 ? value : LONGEST;
    }

    static long nanos(String parameter, Duration value) {
        return TimeUnit.NANOSECONDS.convert(requireNotNegative(parameter, value));
    }
}
