package dev.heartbeat.socket;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run the application's callbacks. They are daemons: the loops keep the process alive, and a callback
 * that hangs is no reason not to exit.
 *
 * <p>A pool of the JDK that has one thread woken where many tasks come together, and another only as long as tasks wait: a loop
 * hands over hundreds in a turn, and to wake a thread for each cost a third of the processor time of a registration ({@code ./heartbeat load connect}).
 */
final class Workers implements Executor {

    private static final Logger log = LoggerFactory.getLogger(Workers.class);

    private static final int IDLE_SECONDS = 10;

    private final String name;
    private final int threads;
    private final AtomicInteger started = new AtomicInteger();
    /** Threads that wait for the bus, which must leave one to serve it. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final ForkJoinPool pool;

    Workers(String name, int threads) {
        this.name = name;
        this.threads = threads;
        pool = new ForkJoinPool(
                threads,
                Worker::new,
                (thread, e) -> log.error("a callback on {} threw", thread.getName(), e),
                true,
                threads,
                threads,
                1,
                // Where a callback waits for another it waits: there are so many threads and no more.
                blocked -> true,
                IDLE_SECONDS,
                TimeUnit.SECONDS);
    }

    @Override
    public void execute(Runnable task) {
        if (!Callbacks.goesWithTurn(pool, task)) {
            pool.execute(task);
        }
    }

    /** Takes no more tasks; completes when those given are done. */
    CompletableFuture<Void> finish() {
        pool.shutdown();
        CompletableFuture<Void> finished = new CompletableFuture<>();
        Thread waiting = new Thread(() -> awaitEnd(finished), "heartbeat-workers-end");
        waiting.setDaemon(true);
        waiting.start();
        return finished;
    }

    private void awaitEnd(CompletableFuture<Void> finished) {
        try {
            while (!pool.awaitTermination(1, TimeUnit.HOURS)) {
                log.warn("callbacks still run an hour after the transport was closed");
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
            throw new IllegalStateException(
                    "waiting here would not end: of " + threads + " " + name
                            + " threads all others wait for the bus already; allow more threads, or use methods that do not wait");
        }
    }

    void endWait() {
        waiting.decrementAndGet();
    }

    boolean isCurrentThread() {
        return Thread.currentThread() instanceof Worker worker && worker.getPool() == pool;
    }

    private final class Worker extends ForkJoinWorkerThread {

        Worker(ForkJoinPool of) {
            super(of);
            setName("heartbeat-" + name + "-" + started.getAndIncrement());
        }
    }
}
