package dev.heartbeat.socket;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run the application's callbacks. They are daemons: the loops keep the process alive, and a callback
 * that hangs is no reason not to exit.
 */
final class Workers extends ThreadPoolExecutor {

    private static final Logger log = LoggerFactory.getLogger(Workers.class);

    private static final int IDLE_SECONDS = 10;

    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private final AtomicInteger started = new AtomicInteger();

    Workers(int threads) {
        super(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        allowCoreThreadTimeOut(true);
        setThreadFactory(Worker::new);
    }

    /** Takes no more tasks; completes when those given are done. */
    CompletableFuture<Void> finish() {
        shutdown();
        return finished;
    }

    boolean isCurrentThread() {
        return Thread.currentThread() instanceof Worker worker && worker.pool() == this;
    }

    @Override
    protected void terminated() {
        finished.complete(null);
    }

    private final class Worker extends Thread {

        Worker(Runnable work) {
            super(work, "heartbeat-worker-" + started.getAndIncrement());
            setDaemon(true);
            setUncaughtExceptionHandler((thread, e) -> log.error("a callback on {} threw", thread.getName(), e));
        }

        Workers pool() {
            return Workers.this;
        }
    }
}
