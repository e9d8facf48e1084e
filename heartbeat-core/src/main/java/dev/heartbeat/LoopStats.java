package dev.heartbeat;

import dev.heartbeat.internal.server.Counter;
import dev.heartbeat.internal.server.ServerCounts;
import java.time.Duration;

/**
 * The state of a server's event loops: {@link ServerStats#loops}.
 *
 * The numbers are those of one moment, read one after the other while the loops go on, so they may
 * differ by what happened in between. Immutable.
 *
 * @since 0.1
 */
public final class LoopStats {
    private final long stalls;
    private final Duration stalledTime;
    private final Measure pauses;
    private final Measure lag;
    private final long lateWakes;
    private final long failures;
    private final Duration silence;

    LoopStats(ServerCounts counts) {
        stalls = counts.stalls();
        stalledTime = counts.stalledTime();
        pauses = counts.pauses();
        lag = counts.loopLag();
        lateWakes = counts.sum(Counter.LATE_WAKES);
        failures = counts.loopFailures();
        silence = counts.loopSilence();
    }

    /** {@return the number of times that a loop noticed that it had itself been stopped} */
    public long stalls() {
        return stalls;
    }

    /** {@return the time that those stalls took} Nobody was judged for it. */
    public Duration stalledTime() {
        return stalledTime;
    }

    /**
     * {@return the time for which a loop was itself stopped each time, as far as it was credited}
     */
    public Measure pauses() {
        return pauses;
    }

    /** {@return the delay with which a loop woke up for its timers} */
    public Measure lag() {
        return lag;
    }

    /**
     * {@return the number of times that this was more than a tick of its timers, which is 17 ms}
     */
    public long lateWakes() {
        return lateWakes;
    }

    /**
     * {@return exceptions from the bus's own work on the loops of its transport, all servers and
     * clients on it together} The loops go on, and each exception is logged. It is 0 unless
     * something is broken.
     */
    public long failures() {
        return failures;
    }

    /**
     * {@return the longest time that a loop has taken no turn until now; some quarters of a second
     * where all is well} A loop that is blocked, or has ended, is silent for ever longer. Zero on a
     * transport whose {@link dev.heartbeat.spi.Environment#memory} is null.
     *
     * @since 0.1
     */
    public Duration silence() {
        return silence;
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText()
                .with("stalls", stalls)
                .with("stalledTime", stalledTime)
                .with("pauses", pauses)
                .with("lag", lag)
                .with("lateWakes", lateWakes)
                .with("failures", failures)
                .with("silence", silence)
                .toString();
    }
}
