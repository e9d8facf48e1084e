package dev.heartbeat.cli.doctor;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work that ends after a time, whatever the other side does. */
final class Bounded {
    private Bounded() {}

    /**
     * Runs the work on a thread of its own. A thread that never comes back does not keep the
     * process alive.
     *
     * @throws TimeoutException if it takes longer
     * @throws ExecutionException with what it throws
     */
    static <T> T within(Duration time, Callable<T> work)
            throws TimeoutException, ExecutionException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "heartbeat-doctor");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            task.cancel(true);
        }
    }
}
