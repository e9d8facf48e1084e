package dev.heartbeat.internal.loop;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Durations that an application gives: judged on its thread, and small enough to be added to any
 * clock.
 */
public final class Durations {
    /**
     * A longer duration counts as this; the sum with any reading of a clock can still be compared.
     */
    static final Duration LONGEST = Duration.ofDays(36_500);

    private static final long LONGEST_NS = LONGEST.toNanos();

    private Durations() {}

    /**
     * Refuses null and whatever is negative.
     *
     * @throws IllegalArgumentException if it is negative; the message names the parameter, the
     *     value and the range
     */
    public static Duration requireNotNegative(String parameter, Duration value) {
        if (Objects.requireNonNull(value, parameter).isNegative()) {
            throw new IllegalArgumentException(parameter + " is " + value + ", allowed is 0 and more");
        }
        return value;
    }

    /** The value in nanoseconds; {@link #LONGEST} where it is longer. */
    public static long nanos(Duration value) {
        return Math.min(TimeUnit.NANOSECONDS.convert(value), LONGEST_NS);
    }
}
