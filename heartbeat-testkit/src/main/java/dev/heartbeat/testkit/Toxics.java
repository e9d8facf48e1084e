package dev.heartbeat.testkit;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The effects of one direction of a {@link ToxicProxy} on what passes. Each toxic may be switched
 * at any time, from any thread, concerns the connections that live and those that come, and goes
 * with the others. There is none in the beginning.
 *
 * @since 0.1
 */
public final class Toxics {
    private volatile Duration latency = Duration.ZERO;
    private volatile Duration jitter = Duration.ZERO;
    private volatile Duration slicePause = Duration.ZERO;
    private volatile Duration closeDelay = Duration.ZERO;
    private volatile int slice = Integer.MAX_VALUE;
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private volatile boolean swallows;
    private volatile @Nullable Limit limit;

    /**
     * After how many bytes a connection ends, and how. Each pump counts for itself, from when it
     * first sees this limit and no other, however equal.
     */
    static final class Limit {
        final long bytes;
        final boolean resets;

        Limit(long bytes, boolean resets) {
            this.bytes = bytes;
            this.resets = resets;
        }
    }

    Toxics() {}

    /**
     * Delays what comes so long, and up to {@code jitter} longer by chance; what comes meanwhile
     * waits behind it, in order.
     *
     * @return these toxics
     */
    public Toxics latency(Duration delay, Duration jitterUpTo) {
        Duration judged = Spans.requireNotNegative("delay", delay);
        jitter = Spans.requireNotNegative("jitterUpTo", jitterUpTo);
        latency = judged;
        return this;
    }

    /**
     * No more than so many bytes of a connection pass in a second.
     *
     * @return these toxics
     */
    public Toxics bandwidth(long bytes) {
        bytesPerSecond = atLeast(1, bytes);
        return this;
    }

    /**
     * Everything is cut into segments of so many bytes at most, with a pause after each.
     *
     * @return these toxics
     */
    public Toxics slicer(int bytes, Duration pause) {
        Duration judged = Spans.requireNotNegative("pause", pause);
        slice = (int) atLeast(1, bytes);
        slicePause = judged;
        return this;
    }

    /**
     * The end of a stream is passed on so much later.
     *
     * @return these toxics
     */
    public Toxics slowClose(Duration delay) {
        closeDelay = Spans.requireNotNegative("delay", delay);
        return this;
    }

    /**
     * Everything is swallowed, ends included, and nobody is notified: the connection is half open.
     * One that has swallowed something does so for good, since a stream with a hole is none.
     *
     * @return these toxics
     */
    public Toxics timeout() {
        swallows = true;
        return this;
    }

    /**
     * Each connection is closed when so many bytes more have passed.
     *
     * @return these toxics
     */
    public Toxics limit(long bytes) {
        limit = new Limit(atLeast(0, bytes), false);
        return this;
    }

    /**
     * Each connection is reset, on both sides, when so many bytes more have passed.
     *
     * @return these toxics
     */
    public Toxics reset(long afterBytes) {
        limit = new Limit(atLeast(0, afterBytes), true);
        return this;
    }

    /**
     * Switches all of them off.
     *
     * @return these toxics
     */
    public Toxics clear() {
        latency(Duration.ZERO, Duration.ZERO).slicer(Integer.MAX_VALUE, Duration.ZERO);
        slowClose(Duration.ZERO).bandwidth(Long.MAX_VALUE);
        swallows = false;
        limit = null;
        return this;
    }

    private static long atLeast(long min, long bytes) {
        if (bytes < min) {
            throw new IllegalArgumentException(bytes + " bytes, allowed is " + min + " and more");
        }
        return bytes;
    }

    // ---- for the pumps

    long nextDelayNs() {
        return latency.toNanos() + ThreadLocalRandom.current().nextLong(jitter.toNanos() + 1);
    }

    /** The number of bytes that go together, when so many wait. */
    int nextSegment(int waiting) {
        long smooth = Math.max(1, bytesPerSecond / 100);
        return (int) Math.min(Math.min(waiting, slice), smooth);
    }

    long pauseAfterNs(int bytes) {
        return slicePause.toNanos() + bytes * 1_000_000_000L / bytesPerSecond;
    }

    long closeDelayNs() {
        return closeDelay.toNanos();
    }

    boolean swallows() {
        return swallows;
    }

    @Nullable
    Limit limit() {
        return limit;
    }
}
