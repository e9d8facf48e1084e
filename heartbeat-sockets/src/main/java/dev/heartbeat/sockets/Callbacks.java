package dev.heartbeat.sockets;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls into the application that a loop's turn has made due. They leave for the threads that make
 * them when the turn ends: a thread that is woken before may at once wait for a lock of the one
 * that woke it, which on a single core is the rule, and one wake-up serves all. Only a large write
 * does not hold them up, as they may report that there is room for more. Confined to the loop.
 */
final class Callbacks {
    private static final Logger log = LoggerFactory.getLogger(Callbacks.class);

    /** More do not wait for the end of the turn. */
    private static final int LIMIT = 64;

    /** Whose turn it is on this thread. */
    private static final ThreadLocal<@Nullable Callbacks> OF_THIS_TURN = new ThreadLocal<>();

    private final Queue<Runnable> due = new ArrayDeque<>();
    private final Consumer<? super Throwable> onFailure;
    private @Nullable Executor threads;
    /** Threads that refuse a call may have others make it, which must not come back here. */
    private boolean leaving;

    /**
     * @param onFailure hears what the threads throw that take the calls
     */
    Callbacks(Consumer<? super Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    /** Hands calls to threads: with the turn that there is on the calling thread, or at once. */
    static Executor withTurns(Executor threads) {
        return call -> {
            if (!goesWithTurn(threads, call)) {
                threads.execute(call);
            }
        };
    }

    /** Whether the call goes with a turn that there is on this thread. */
    static boolean goesWithTurn(Executor threads, Runnable call) {
        Callbacks callbacks = OF_THIS_TURN.get();
        if (callbacks == null || callbacks.leaving) {
            return false;
        }
        callbacks.add(threads, call);
        return true;
    }

    private void add(Executor by, Runnable call) {
        if (by != threads) {
            submit();
            threads = by;
        }
        due.add(call);
        if (due.size() >= LIMIT) {
            submit();
        }
    }

    void beginTurn() {
        OF_THIS_TURN.set(this);
    }

    void endTurn() {
        OF_THIS_TURN.set(null); // Its removal would make garbage in every turn.
        submit();
    }

    /** All that are due, whatever the turn has yet to do. */
    void submit() {
        Executor by = threads;
        leaving = true;
        for (Runnable call = due.poll(); call != null && by != null; call = due.poll()) {
            try {
                by.execute(call);
            } catch (RejectedExecutionException e) {
                log.debug("dropping a callback: the transport is closed", e);
            } catch (Throwable e) { // The system gives no thread; the others are not to be lost with it.
                onFailure.accept(e);
            }
        }
        leaving = false;
    }
}
