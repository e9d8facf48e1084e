package dev.heartbeat.tasks;

/**
 * Work that recurs.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Task {

    /**
     * Does the work once, on a thread of the scheduler, and may block. No run of one task begins
     * before the last has ended. When the scheduler closes and its patience is over, the thread is
     * interrupted.
     *
     * @throws Exception for any failure: it is counted, the log says it, and the next run comes as
     *     planned
     */
    void run() throws Exception;
}
