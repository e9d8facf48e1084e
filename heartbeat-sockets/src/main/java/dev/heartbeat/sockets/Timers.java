package dev.heartbeat.sockets;

import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transport's own few deadlines on one loop: connects that take too long, listeners that try
 * again. Those of the bus are not among them, it brings a wheel of its own and one
 * {@link dev.heartbeat.spi.EventLoop#wakeAt deadline}.
 */
final class Timers {

    /** The answer when there is no deadline. */
    static final long NEVER = Long.MAX_VALUE;

    private final Consumer<? super Throwable> onFailure;

    // Compared by subtraction, since the clock may wrap.
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>((one, other) -> Long.signum(one.deadlineNs - other.deadlineNs));

    /**
     * @param onFailure hears what a task throws; the others are run
     */
    Timers(Consumer<? super Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    Timer at(long deadlineNs, Runnable task) {
        Timer timer = new Timer(deadlineNs, task);
        timers.add(timer);
        return timer;
    }

    /**
     * The time to the next deadline, not positive if it has passed; {@link #NEVER} if there is
     * none.
     */
    long untilNextNs(long nowNs) {
        Timer next = next();
        return next == null ? NEVER : next.deadlineNs - nowNs;
    }

    void runDue(long nowNs) {
        for (Timer next = next(); next != null && next.deadlineNs - nowNs <= 0; next = next()) {
            timers.remove();
            try {
                next.run();
            } catch (Throwable e) {
                onFailure.accept(e);
            }
        }
    }

    private @Nullable Timer next() {
        Timer next = timers.peek();
        while (next != null && next.task == null) {
            timers.remove();
            next = timers.peek();
        }
        return next;
    }

    static final class Timer {
        private final long deadlineNs;
        private @Nullable Runnable task;

        private Timer(long deadlineNs, Runnable task) {
            this.deadlineNs = deadlineNs;
            this.task = task;
        }

        /**
         * Lets go of the task at once; the queue drops the timer when it comes to the front, which
         * costs no search.
         */
        void cancel() {
            task = null;
        }

        private void run() {
            if (task != null) {
                task.run();
            }
        }
    }
}
