package dev.heartbeat.spi;

import java.util.function.Function;

/**
 * One thread, or a simulated one, that polls sockets and runs everything that belongs to them. Each
 * turn it
 *
 * <ol>
 *   <li>polls, waiting at most until the deadline of {@link #wakeAt},
 *   <li>reads the clock once, for {@link #nowNs()},
 *   <li>handles the sockets that are ready,
 *   <li>runs the tasks given to {@link #execute},
 *   <li>runs its agent, if the deadline has come.
 * </ol>
 *
 * So between two runs of the agent the sockets have always been polled, which is what lets the
 * liveness code believe that a silent peer is silent. The agent waits until all sockets that are
 * ready have been reported, if one poll cannot report them all.
 *
 * @since 0.1
 */
public interface EventLoop {

    /** {@return its place in {@link Transport#eventLoops()}} Any thread. */
    int index();

    /** {@return whether the caller runs on this loop} Any thread. */
    boolean inEventLoop();

    /**
     * Runs the task on the loop, in the order of the calls, never from within this call. Any
     * thread. A task that throws, whatever it is, is counted among {@link #failures()} and hurts
     * nothing else.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the loop has ended
     */
    void execute(Runnable task);

    /**
     * {@return the monotonic clock in nanoseconds, as it was read after the last poll} On the loop
     * only. Compare by subtraction.
     */
    long nowNs();

    /**
     * Sets the one timer of the loop: its agent runs in the first turn in which {@link #nowNs()}
     * has reached {@code deadlineNs}. A later call replaces an earlier one. On the loop only.
     */
    void wakeAt(long deadlineNs);

    /**
     * {@return the exceptions on this loop so far from work that nothing else watches} Any thread.
     */
    LoopFailures failures();

    /** Turns the timer off. On the loop only. */
    void cancelWake();

    /**
     * {@return the agent of this loop; the first call makes it, every other returns the same} Any
     * thread.
     *
     * <p>This is the core's place on the loop; an application has no use for it.
     */
    LoopAgent agent(Function<EventLoop, LoopAgent> factory);
}
