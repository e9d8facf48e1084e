package dev.heartbeat.internal.queue;

import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a server or client, which are its transport's or the application's: who makes
 * callbacks, who completes futures that must not wait for callbacks, and who may wait for the bus.
 */
public final class CallbackThreads {
    private final Environment environment;
    private final List<EventLoop> loops;
    /** Null where the transport's workers make the callbacks. */
    private final @Nullable ApplicationExecutor application;
    /** Makes no calls, so no callback is one of its own. */
    private final SerialExecutor.Owner noCallbacks = new SerialExecutor.Owner() {
        @Override
        public Executor workers() {
            return CallbackThreads.this.workers();
        }

        @Override
        public void onFailure(Throwable failure) {}

        @Override
        public void onIdle() {}
    };

    /**
     * @param given the application's own executor for its callbacks; null for the transport's
     */
    public CallbackThreads(Environment environment, List<EventLoop> loops, @Nullable Executor given) {
        this.environment = environment;
        this.loops = loops;
        application = given == null
                ? null
                : new ApplicationExecutor(given, environment.workers(), loops, environment::withTurns);
    }

    /** The loops' clock, from any thread. */
    long nowNs() {
        return environment.monotonicNanos();
    }

    /** Makes the application's callbacks. */
    public Executor workers() {
        return application == null ? environment.workers() : application.withTurns();
    }

    /** Calls that the application's executor was to make, and the transport's workers got. */
    public long redirected() {
        return application == null ? 0 : application.redirected();
    }

    /**
     * Completes futures without waiting for any callback: time is over, or their owner is closed.
     */
    public void aside(Runnable completion) {
        try {
            environment.completions().execute(completion);
        } catch (RejectedExecutionException e) {
            completion.run(); // The transport is closed, and no other thread is left.
        }
    }

    /**
     * A future that completes in this order, and refuses to be waited for where that would never
     * end.
     */
    public static <T> CompletableFuture<T> newFuture(CallbackOrder order) {
        return new BusFuture<>(order.callbackThreads(), order.executorOwner());
    }

    /** A future that waits for callbacks of any order. */
    public <T> CompletableFuture<T> newFuture() {
        return new BusFuture<>(this, null);
    }

    /** A future that waits for loops alone. */
    public <T> CompletableFuture<T> newFutureOfLoops() {
        return new BusFuture<>(this, noCallbacks);
    }

    /**
     * The calling thread is about to wait.
     *
     * @param order whose calls the result waits for; null if it may be those of any
     * @throws IllegalStateException if the wait could not end by itself
     */
    void beginWait(SerialExecutor.@Nullable Owner order) {
        for (EventLoop loop : loops) {
            if (loop.inEventLoop()) {
                throw refused("this is event loop " + loop.index() + ", which the result itself needs");
            }
        }
        SerialExecutor.Owner current = SerialExecutor.current();
        if (current != null && (order == null || order == current)) {
            throw refused("this is a callback of " + current + ", and the result waits for its end");
        }
        environment.beginWait();
        try {
            ApplicationExecutor.beginWait();
        } catch (IllegalStateException refusal) {
            environment.endWait();
            throw refusal;
        }
    }

    static IllegalStateException refused(String why) {
        return new IllegalStateException("waiting here would never end: " + why
                + "; use thenAccept() or another non-blocking method, or wait on a thread of your own");
    }

    void endWait() {
        ApplicationExecutor.endWait();
        environment.endWait();
    }
}
