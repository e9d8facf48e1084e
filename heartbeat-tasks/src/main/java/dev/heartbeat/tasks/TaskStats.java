package dev.heartbeat.tasks;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task at one moment.
 *
 * @param name its name
 * @param schedule when it runs
 * @param isRunning whether a run is under way
 * @param runs the runs that have ended, the failed ones included
 * @param failures those of them that threw
 * @param skipped the times of a fixed rate at which the last run was still under way
 * @param notHere the times at which it did not run, because {@link TaskScheduler.Builder#runsWhile} said
 *     so
 * @param lastRun when the last run began, by the wall clock; null before the first
 * @param lastDuration how long the last run that ended took; null before the first
 * @param longest the longest run that ended
 * @param lateness how much later than planned the last run began
 * @param next when the next run is planned, by the wall clock; null while one is under way, and when
 *     there is none
 * @param lastFailure what the last run that failed threw; null if none did
 * @since 0.1
 */
public record TaskStats(
        String name,
        Schedule schedule,
        boolean isRunning,
        long runs,
        long failures,
        long skipped,
        long notHere,
        @Nullable Instant lastRun,
        @Nullable Duration lastDuration,
        Duration longest,
        Duration lateness,
        @Nullable Instant next,
        @Nullable Throwable lastFailure) {
    /** Refuses null. */
    public TaskStats {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(longest, "longest");
        Objects.requireNonNull(lateness, "lateness");
    }
}
