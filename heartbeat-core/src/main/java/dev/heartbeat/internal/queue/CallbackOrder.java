package dev.heartbeat.internal.queue;

/**
 * The order in which one application hears of one node, client or channel: its calls are made one
 * at a time. Any thread may call any method.
 */
public interface CallbackOrder {

    /** Makes the call after all that were given before. */
    void call(Runnable callback);

    /** Completes a future on a worker thread, after all calls that were given before. */
    default void complete(Runnable completion) {
        call(completion);
    }

    /** The owner of the executor that makes the calls. */
    SerialExecutor.Owner executorOwner();

    /** The threads that make its calls, and that may wait for its futures. */
    CallbackThreads callbackThreads();
}
