package dev.heartbeat.internal.queue;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Calls into the application, one at a time and in order, on the worker threads. A call that blocks
 * delays this executor only; what it throws goes to the owner and the next call follows. Any thread
 * may add. An idle executor holds nothing and no thread.
 *
 * <p>It has no bound of its own: each kind of call is bounded where it comes from (messages by
 * credit, events by their owner).
 */
public final class SerialExecutor implements Runnable {
    /**
     * After so many calls another executor gets the thread. With 64, to be taken up again cost
     * small messages a fourth of their rate.
     */
    private static final int BATCH = 256;

    /** Whose call a thread makes. */
    private static final ThreadLocal<@Nullable Owner> CURRENT = new ThreadLocal<>();

    private final Owner owner;
    private @Nullable ArrayDeque<Runnable> calls;
    private boolean scheduled;

    /** Whom an executor serves. */
    public interface Owner {
        Executor workers();

        /** A call threw; the executor goes on. */
        void onFailure(Throwable failure);

        /** The last call has returned. Called without a lock; there may be new calls already. */
        void onIdle();
    }

    public SerialExecutor(Owner owner) {
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
        try {
            owner.workers().execute(this);
        } catch (RejectedExecutionException e) {
            run(); // The transport is closed: the last calls are made by whoever brings them.
        }
    }

    /**
     * Whether the caller is itself a callback, so that waiting for callbacks to end would never
     * end.
     */
    public static boolean isInCall() {
        return current() != null;
    }

    /** Whose callback the calling thread makes; null if it makes none. */
    static @Nullable Owner current() {
        return CURRENT.get();
    }

    public synchronized boolean isIdle() {
        return !scheduled;
    }

    @Override
    public void run() {
        while (hasMoreAfterBatch()) {
            try {
                owner.workers().execute(this);
                return;
            } catch (RejectedExecutionException e) {
                // The threads end; this one first finishes what the executor had taken.
            }
        }
        try {
            owner.onIdle();
        } catch (Throwable failure) {
            onFailure(failure);
        }
    }

    private boolean hasMoreAfterBatch() {
        for (int i = 0; i < BATCH; i++) {
            Runnable call = next();
            if (call == null) {
                return false;
            }
            CURRENT.set(owner);
            try {
                call.run();
            } catch (Throwable failure) {
                onFailure(failure);
            } finally {
                CURRENT.set(null);
                boolean unused = Thread.interrupted(); // It was meant for this call, and not for the next.
            }
        }
        return true;
    }

    /**
     * Whatever was thrown may throw once more when it is logged. The executor goes on all the same.
     */
    private void onFailure(Throwable failure) {
        try {
            owner.onFailure(failure);
        } catch (Throwable again) {
            // The owner counts before it logs, and nothing else is left to notify.
        }
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
