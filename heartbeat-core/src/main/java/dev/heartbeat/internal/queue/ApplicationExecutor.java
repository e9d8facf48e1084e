package dev.heartbeat.internal.queue;

import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The executor that the application has given for its callbacks. The transport's workers run what
 * it does not: a task that it refuses, and one that it would run on the thread which brings it, or
 * on an event loop. That thread may hold a lock of the bus, or carry connections, and a callback
 * may block. Each task runs once, whatever the executor does with it. Any thread.
 */
final class ApplicationExecutor implements Executor {
    private static final LogEvent REFUSED = LogEvent.warn(
            ApplicationExecutor.class,
            "heartbeat.callbacks.refused",
            "callbackExecutor {executor} refused callbacks {times} times so far, now by {problem}; the"
                    + " transport's worker threads make them; let it queue what it has no thread for, and end after"
                    + " the server or client");
    private static final LogEvent MISPLACED = LogEvent.warn(
            ApplicationExecutor.class,
            "heartbeat.callbacks.misplaced",
            "callbackExecutor {executor} runs a callback {place}, where it must not block; the transport's"
                    + " worker threads make each such; give it threads of its own, and no caller-runs policy");

    /** Whose task a thread runs. */
    private static final ThreadLocal<@Nullable Executor> CURRENT = new ThreadLocal<>();

    private final Executor application;
    private final Executor workers;
    private final List<EventLoop> loops;
    private final AtomicLong redirected = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicBoolean warned = new AtomicBoolean();
    private final Executor withTurns;

    /**
     * @param workers run what the application's executor does not
     * @param turns as {@link Environment#withTurns}
     */
    ApplicationExecutor(Executor application, Executor workers, List<EventLoop> loops, UnaryOperator<Executor> turns) {
        this.application = application;
        this.workers = workers;
        this.loops = loops;
        withTurns = turns.apply(this);
    }

    /** As this, but that tasks of a turn may come when that ends. */
    Executor withTurns() {
        return withTurns;
    }

    @Override
    public void execute(Runnable task) {
        Handover handover = new Handover(task);
        Throwable refusal = null;
        try {
            application.execute(handover);
        } catch (Throwable thrown) {
            refusal = thrown;
        }
        boolean cameBack = handover.end();
        if (refusal != null && handover.take()) {
            logRefusal(refusal);
            redirect(task);
        } else if (cameBack && handover.take()) {
            warnOnce("on the thread that brings it");
            redirect(task);
        }
    }

    /** A task on its way to a thread of the application. */
    private final class Handover implements Runnable {
        private final Runnable task;
        private final AtomicBoolean taken = new AtomicBoolean();
        /** The thread that brings it, as long as it does. A thread looks only for itself here. */
        private @Nullable Thread bringing = Thread.currentThread();
        /** Whether that thread was to run it. */
        private boolean cameBack;

        Handover(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (Thread.currentThread() == bringing) {
                cameBack = true;
            } else if (take()) {
                if (isOnLoop()) {
                    warnOnce("on an event loop");
                    redirect(task);
                } else {
                    runHere(task);
                }
            }
        }

        /** Whether the caller is the first who wants to run it. */
        boolean take() {
            return taken.compareAndSet(false, true);
        }

        /** It has been brought; true if it came back to the thread that did. */
        boolean end() {
            bringing = null;
            return cameBack;
        }
    }

    private void runHere(Runnable task) {
        Executor before = CURRENT.get();
        CURRENT.set(application);
        try {
            task.run();
        } finally {
            CURRENT.set(before);
        }
    }

    /**
     * The calling thread is about to wait for the bus.
     *
     * @throws IllegalStateException if it is the last of an executor of the application
     */
    static void beginWait() {
        Executor current = CURRENT.get();
        if (current != null) {
            PoolWaits.begin(current);
        }
    }

    static void endWait() {
        Executor current = CURRENT.get();
        if (current != null) {
            PoolWaits.end(current);
        }
    }

    private boolean isOnLoop() {
        for (EventLoop loop : loops) {
            if (loop.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    private void redirect(Runnable task) {
        redirected.incrementAndGet();
        workers.execute(task);
    }

    /** Tasks that the transport's workers got. */
    long redirected() {
        return redirected.get();
    }

    private void logRefusal(Throwable refusal) {
        long times = refused.incrementAndGet();
        // One that refuses always must not also fill the disk: the 1st, 2nd, 4th, 8th ... is written.
        if (Long.bitCount(times) == 1) {
            REFUSED.log(application, times, refusal.getClass().getName());
        }
    }

    private void warnOnce(String place) {
        if (warned.compareAndSet(false, true)) {
            MISPLACED.log(application, place);
        }
    }
}
