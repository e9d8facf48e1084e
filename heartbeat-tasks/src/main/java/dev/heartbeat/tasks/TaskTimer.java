package dev.heartbeat.tasks;

import java.time.Duration;

/**
 * Calls back after a time. In a simulation it is {@code host::after}.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface TaskTimer {

    /**
     * Runs a short task once, after a delay, on any thread but never from within this call. It is
     * the caller's no more when the process ends.
     *
     * @param delay zero or more
     */
    void after(Duration delay, Runnable task);
}
