package dev.heartbeat.spi;

import dev.heartbeat.internal.log.LogEvent;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The exceptions from work of an {@link EventLoop} that nothing else catches. The loop goes on
 * whatever it is, an {@link Error} included: a loop that ends, or waits for ever, would look alive
 * and hear nobody. So each is counted, for {@link dev.heartbeat.LoopStats#failures}, and logged; if
 * the log itself throws, the count remains. Any thread.
 *
 * @since 0.1
 */
public final class LoopFailures {
    private static final LogEvent THREW = LogEvent.error(
            LoopFailures.class,
            "heartbeat.loop.threw",
            "{what} of {where} threw, and the loop goes on; {failures} failures so far");

    /**
     * Each of so many is logged, then those whose number is a power of two, because what fails once
     * may fail in each turn.
     */
    private static final int TOLD_ONE_BY_ONE = 10;

    private final AtomicLong count = new AtomicLong();
    private final Consumer<? super Throwable> witness;

    /** Makes one for a loop without failures so far. */
    public LoopFailures() {
        this(thrown -> {});
    }

    /**
     * Makes one for a loop without failures so far.
     *
     * @param witness hears of each, too, on the thread to which it happened
     */
    public LoopFailures(Consumer<? super Throwable> witness) {
        this.witness = Objects.requireNonNull(witness, "witness");
    }

    /**
     * Counts one. Never throws.
     *
     * @param what it was that threw, such as "a task"
     * @param where on which loop or of what
     */
    public void add(String what, Object where, Throwable thrown) {
        try {
            long now = count.incrementAndGet();
            witness.accept(thrown);
            if (now <= TOLD_ONE_BY_ONE || Long.bitCount(now) == 1) {
                THREW.logCause(thrown, what, where, now);
            }
        } catch (Throwable e) {
            // Neither a broken logger nor an exception that cannot be printed may end the loop.
        }
    }

    /** {@return the number of failures} */
    public long count() {
        return count.get();
    }
}
