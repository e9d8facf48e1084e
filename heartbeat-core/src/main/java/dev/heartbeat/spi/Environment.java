package dev.heartbeat.spi;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The resources that the core may not take for itself: threads, randomness, clocks, names. Supplied
 * by the {@link Transport}, so that a simulated one decides all of it. Every method may be called
 * from any thread.
 *
 * @since 0.1
 */
public interface Environment {

    /**
     * Runs the application's callbacks; tasks may block. It has several threads, at most as many as
     * the transport's options allow, and queues what they cannot take. The core gives it at most
     * one task at a time for each node, so that queue is bounded by the fleet. One that is given in
     * a turn of a loop may begin only when that ends.
     *
     * @return the executor of callbacks
     */
    Executor workers();

    /**
     * An executor that hands each task to {@code threads} once, in order. One that is given in a
     * turn of a loop may wait until that ends, as with {@link #workers()}; then no lock of the bus
     * is held. By default each is handed over at once.
     *
     * @param threads run tasks in place of the workers
     * @return an executor that hands tasks to these threads
     */
    default Executor withTurns(Executor threads) {
        return threads;
    }

    /**
     * Finds the addresses of hosts. Does its work on none of the {@link #workers()}, which
     * callbacks may block.
     *
     * @return the resolver
     */
    Resolver resolver();

    /**
     * Completes futures whose time is over or whose owner is closed, on threads of its own: busy
     * callbacks hold none of them up. It has at most as many threads as {@link #workers}.
     *
     * @return the executor that completes futures
     */
    Executor completions();

    /**
     * The calling thread is about to wait until the bus has made a callback. Each call that returns
     * is followed by one of {@link #endWait} on the same thread.
     *
     * @throws IllegalStateException if nobody would be left to make it: all other threads of the
     *     caller's executor wait already, or time does not pass by itself
     */
    void beginWait();

    /** The calling thread waits no more. */
    void endWait();

    /**
     * How full the memory of the process is. A server by whose transport nobody knows does not judge
     * whether it is overloaded.
     *
     * @return the gauge; null, as by default, if there is none
     * @since 0.1
     */
    default @Nullable MemoryGauge memory() {
        return null;
    }

    /** {@return randomness for jitter; safe for any thread} Not for secrets. */
    RandomGenerator random();

    /** {@return 64 unpredictable bits, for tokens and incarnations} */
    long nextSecret();

    /**
     * {@return milliseconds since 1970, for timestamps shown to people and for the start of epochs;
     * never for liveness}
     */
    long wallClockMillis();

    /**
     * {@return the clock of the loops, read now: {@link EventLoop#nowNs()} of each is an earlier
     * reading} It starts anywhere and never goes back, so only the difference of two readings says
     * something.
     */
    long monotonicNanos();
}
