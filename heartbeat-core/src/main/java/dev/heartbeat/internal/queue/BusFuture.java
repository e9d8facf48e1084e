package dev.heartbeat.internal.queue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A result of the bus. Waiting for it is refused with an {@link IllegalStateException} on a thread
 * that the result itself needs: an event loop, a callback of its own order, or the last worker
 * thread that does not wait yet. A future derived from it refuses likewise.
 */
final class BusFuture<T> extends CompletableFuture<T> {
    private final CallbackThreads callbackThreads;
    private final SerialExecutor.@Nullable Owner order;

    /**
     * @param order whose calls it waits for; null if it may be those of any
     */
    BusFuture(CallbackThreads callbackThreads, SerialExecutor.@Nullable Owner order) {
        this.callbackThreads = callbackThreads;
        this.order = order;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new BusFuture<>(callbackThreads, order);
    }

    /** Not the JDK's common pool, which may start a thread for each stage. */
    @Override
    public Executor defaultExecutor() {
        return callbackThreads.workers();
    }

    @Override
    public T join() {
        if (isDone()) {
            return super.join();
        }
        callbackThreads.beginWait(order);
        try {
            return super.join();
        } finally {
            callbackThreads.endWait();
        }
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        if (isDone()) {
            return super.get();
        }
        callbackThreads.beginWait(order);
        try {
            return super.get();
        } finally {
            callbackThreads.endWait();
        }
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (isDone() || timeout <= 0) {
            return super.get(timeout, unit);
        }
        callbackThreads.beginWait(order);
        try {
            return super.get(timeout, unit);
        } finally {
            callbackThreads.endWait();
        }
    }
}
