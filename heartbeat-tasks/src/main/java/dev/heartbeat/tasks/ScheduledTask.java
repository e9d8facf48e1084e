package dev.heartbeat.tasks;

/**
 * A task of a {@link TaskScheduler}. Any thread may call every method, and none waits.
 *
 * @since 0.1
 */
public interface ScheduledTask {

    /** {@return its name, unique in its scheduler} */
    String name();

    /** {@return its counts and times at this moment} */
    TaskStats stats();

    /**
     * Runs it as soon as a thread is free; the schedule goes on from there.
     *
     * @return false if it runs already, was cancelled, or the scheduler is closing
     */
    boolean runNow();

    /**
     * Begins no more runs. One under way goes on to its end. The name is free at once. Idempotent.
     */
    void cancel();
}
