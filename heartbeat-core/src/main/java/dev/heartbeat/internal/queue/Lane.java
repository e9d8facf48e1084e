package dev.heartbeat.internal.queue;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Calls into the application, one at a time and in order, on the worker threads. A call that blocks delays this lane only; what it throws goes to the owner and
 * the next call follows. Any thread may add. An idle lane holds nothing and no thread.
 *
 * <p>It has no bound of its own: each kind of call is bounded where it comes from (messages by credit, events by their owner).
 */
public final class Lane implements Runnable {
    /** After so many calls another lane gets the thread. With 64, to be taken up again cost small messages a fourth of their rate. */
    private static final int BATCH = 256;

    /** Set while a thread runs calls of any lane. */
    private static final ThreadLocal<Boolean> IN_CALL = ThreadLocal.withInitial(() -> false);

    private final Owner owner;
    private @Nullable ArrayDeque<Runnable> calls;
    private boolean scheduled;

    /** Whom a lane serves. */
    public interface Owner {
        Executor workers();

        /** A call threw; the lane goes on. */
        void onFailure(Throwable failure);

        /** The last call has returned. Called without a lock; there may be new calls already. */
        void onIdle();
    }

    public Lane(Owner owner) {
        this.owner = owner;
    }

    public void add(Runnable call) {
        synchronized (this) {
            if (calls == null) {
                calls = new ArrayDeque<>(4);
            }
            calls.add(call);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        owner.workers().execute(this);
    }

    /** Whether the caller is itself a callback, so that waiting for callbacks to end would never end. */
    public static boolean isInCall() {
        return IN_CALL.get();
    }

    public synchronized boolean isIdle() {
        return !scheduled;
    }

    @Override
    public void run() {
        while (isLeftAfterBatch()) {
            try {
                owner.workers().execute(this);
                return;
            } catch (RejectedExecutionException e) {
                // The threads end; this one first finishes what the lane had taken.
            }
        }
        owner.onIdle();
    }

    private boolean isLeftAfterBatch() {
        for (int i = 0; i < BATCH; i++) {
            Runnable call = next();
            if (call == null) {
                return false;
            }
            IN_CALL.set(true);
            try {
                call.run();
            } catch (Throwable failure) {
                owner.onFailure(failure);
            } finally {
                IN_CALL.set(false);
            }
        }
        return true;
    }

    private synchronized @Nullable Runnable next() {
        Runnable call = calls == null ? null : calls.poll();
        if (call == null) {
            calls = null;
            scheduled = false;
        }
        return call;
    }
}
