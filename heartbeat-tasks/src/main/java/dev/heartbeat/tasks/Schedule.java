package dev.heartbeat.tasks;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says when a task runs. Immutable.
 *
 * @since 0.1
 */
public final class Schedule {
    static final Duration SHORTEST = Duration.ofMillis(1);
    static final Duration LONGEST = Duration.ofDays(36_500);

    private final Duration interval;
    private final boolean isAtRate;
    private final @Nullable Duration first;

    private Schedule(Duration interval, boolean isAtRate, @Nullable Duration first) {
        this.interval = interval;
        this.isAtRate = isAtRate;
        this.first = first;
    }

    /**
     * A run begins so long after the end of the last one.
     *
     * @param delay 1 ms or more; more than 36,500 days count as that
     * @return the schedule
     * @throws IllegalArgumentException if it is shorter
     */
    public static Schedule withDelay(Duration delay) {
        return new Schedule(require("delay", delay), false, null);
    }

    /**
     * A run begins at each multiple of an interval after the first. What a run is too long for is
     * skipped and counted, never made up for.
     *
     * @param interval 1 ms or more; more than 36,500 days count as that
     * @return the schedule
     * @throws IllegalArgumentException if it is shorter
     */
    public static Schedule atRate(Duration interval) {
        return new Schedule(require("interval", interval), true, null);
    }

    /**
     * The same, but the first run begins after another time than the interval.
     *
     * @param delay zero or more; more than 36,500 days count as that
     * @return another schedule
     * @throws IllegalArgumentException if it is negative
     */
    public Schedule firstAfter(Duration delay) {
        if (Objects.requireNonNull(delay, "delay").isNegative()) {
            throw new IllegalArgumentException("delay is " + delay + ", allowed is 0 and more");
        }
        return new Schedule(interval, isAtRate, shorter(delay));
    }

    private static Duration require(String parameter, Duration value) {
        if (Objects.requireNonNull(value, parameter).compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(parameter + " is " + value + ", allowed is 1 ms and more");
        }
        return shorter(value);
    }

    static Duration shorter(Duration value) {
        return value.compareTo(LONGEST) > 0 ? LONGEST : value;
    }

    /** {@return the time between runs} */
    public Duration interval() {
        return interval;
    }

    /** {@return whether the interval is from beginning to beginning, and not from end to beginning} */
    public boolean isAtRate() {
        return isAtRate;
    }

    /** {@return the time before the first run} */
    public Duration first() {
        return first == null ? interval : first;
    }
}
