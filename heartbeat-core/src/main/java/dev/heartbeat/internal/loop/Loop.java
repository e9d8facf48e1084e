package dev.heartbeat.internal.loop;

import java.util.concurrent.Executor;

/**
 * The services of an event loop to whatever lives on it: a time, timers, and commands from other
 * threads. All but {@link #execute} is called on the loop.
 */
public interface Loop extends Executor {

    /** Whether the caller is on it. Any thread. */
    boolean isInLoop();

    /** The monotonic time of this turn. */
    long nowNs();

    void arm(Timer timer, long delayNs);

    /** Does nothing if it is not armed. */
    void cancel(Timer timer);
}
