package dev.heartbeat.sockets;

import dev.heartbeat.internal.log.LogEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run the application's callbacks. They are daemons: the loops keep the process
 * alive, and a callback that hangs is no reason not to exit.
 *
 * <p>A pool of the JDK that has one thread woken where many tasks come together, and another only
 * as long as tasks wait: a loop hands over hundreds in a turn, and to wake a thread for each cost a
 * third of the processor time of a registration ({@code ./heartbeat load connect}).
 */
final class Workers implements Executor {

    private static final LogEvent THREW =
            LogEvent.error(Workers.class, "heartbeat.callbacks.worker_threw", "a callback on {thread} threw");
    private static final LogEvent STILL_RUN = LogEvent.warn(
            Workers.class,
            "heartbeat.callbacks.still_run",
            "application callbacks still run; closing the transport without waiting for them");

    private static final int IDLE_SECONDS = 10;

    /**
     * For the tasks that are left at the end. Whoever closes a server or client has waited before,
     * and longer.
     */
    private static final int PATIENCE_SECONDS = 1;

    private final String name;
    private final int threads;
    private final AtomicInteger started = new AtomicInteger();
    /** Threads that wait for the bus, which must leave one to serve it. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final ForkJoinPool pool;
    private final Executor calls;

    Workers(String name, int threads) {
        this.name = name;
        this.threads = threads;
        pool = new ForkJoinPool(
                threads,
                Worker::new,
                (thread, e) -> THREW.logCause(e, thread.getName()),
                true,
                threads,
                threads,
                1,
                // A callback that waits for another just waits: there are so many threads and no
                // more.
                blocked -> true,
                IDLE_SECONDS,
                TimeUnit.SECONDS);
        this.calls = Callbacks.withTurns(task -> pool.execute(new Call(task)));
    }

    @Override
    public void execute(Runnable task) {
        calls.execute(task);
    }

    /**
     * Takes no more tasks; completes when those given are done, or after a second: one that hangs
     * is no reason not to close.
     */
    CompletableFuture<Void> finish() {
        pool.shutdown();
        CompletableFuture<Void> finished = new CompletableFuture<>();
        Thread ending = new Thread(() -> awaitEnd(finished), "heartbeat-workers-end");
        ending.setDaemon(true);
        ending.start();
        return finished;
    }

    private void awaitEnd(CompletableFuture<Void> finished) {
        try {
            if (!pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                STILL_RUN.log();
            }
            finished.complete(null);
        } catch (InterruptedException e) {
            finished.completeExceptionally(e);
        }
    }

    /** One of these threads is about to wait for what another of them is to do. */
    void beginWait() {
        if (waiting.incrementAndGet() >= threads) {
            waiting.decrementAndGet();
            throw new IllegalStateException("waiting here would never end: of " + threads + " " + name
                    + " threads all others already wait for the bus; allow more threads, or use non-blocking"
                    + " methods");
        }
    }

    void endWait() {
        waiting.decrementAndGet();
    }

    boolean isCurrentThread() {
        return Thread.currentThread() instanceof Worker worker && worker.getPool() == pool;
    }

    /**
     * As the pool would wrap a task itself, but that a flag which the last one left on the thread
     * interrupts nobody else.
     */
    private static final class Call extends ForkJoinTask<Void> {

        private static final long serialVersionUID = 1;

        private final transient Runnable task;

        Call(Runnable task) {
            this.task = task;
        }

        @Override
        protected boolean exec() {
            Thread.interrupted();
            try {
                task.run();
            } catch (Throwable e) {
                report(e);
            }
            return true;
        }

        private static void report(Throwable e) {
            THREW.logCause(e, Thread.currentThread().getName());
        }

        @Override
        public @Nullable Void getRawResult() {
            return null;
        }

        @Override
        protected void setRawResult(@Nullable Void nothing) {}
    }

    private final class Worker extends ForkJoinWorkerThread {

        Worker(ForkJoinPool of) {
            super(of);
            setName("heartbeat-" + name + "-" + started.getAndIncrement());
        }
    }
}
