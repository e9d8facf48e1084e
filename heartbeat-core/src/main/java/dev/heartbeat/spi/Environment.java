package dev.heartbeat.spi;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What the core has no right to take for itself: threads, dice, clocks, names. Supplied by the {@link Transport}, so that a simulated
 * one decides all of it. Every method may be called from any thread.
 */
public interface Environment {

    /**
     * Runs the application's callbacks; tasks may block. It has several threads, at most as many as the transport was told, and
     * queues what they cannot take. The core gives it at most one task at a time for each node, so that queue is bounded by
     * the fleet. One that is given in a turn of a loop may begin only when that ends.
     */
    Executor workers();

    /** Finds the addresses of hosts. Does its work on none of the {@link #workers()}, which callbacks may block. */
    Resolver resolver();

    /** Randomness for jitter; safe for any thread. Not for secrets. */
    RandomGenerator random();

    /** 64 unpredictable bits, for tokens and incarnations. */
    long nextSecret();

    /** Milliseconds since 1970, for timestamps shown to people and for the start of epochs; never for liveness. */
    long wallClockMillis();
}
