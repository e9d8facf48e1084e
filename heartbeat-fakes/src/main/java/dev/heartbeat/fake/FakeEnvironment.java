package dev.heartbeat.fake;

import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.Resolver;
import java.net.UnknownHostException;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Callbacks and completions wait for the test, the wall clock stands still, no host has a name, and
 * chance is the same each time.
 */
public final class FakeEnvironment implements Environment {
    private final Queue<Runnable> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> completions = new ConcurrentLinkedQueue<>();
    private final RandomGenerator random = new Random(1);
    private final Executor workers;
    private final Executor completer;
    private final LongSupplier clock;

    /** An environment whose monotonic clock stands still. */
    public FakeEnvironment() {
        this(() -> 0);
    }

    /** An environment of this monotonic clock. */
    public FakeEnvironment(LongSupplier clock) {
        this.clock = clock;
        workers = calls::add;
        completer = completions::add;
    }

    private FakeEnvironment(Executor both) {
        clock = () -> 0;
        workers = both;
        completer = both;
    }

    /** An environment whose callbacks and completions run at once, on whichever thread gives them. */
    public static FakeEnvironment atOnce() {
        return new FakeEnvironment(Runnable::run);
    }

    /** Makes all that waits, and what that brings. */
    public void work() {
        work(Integer.MAX_VALUE);
    }

    /** Makes so many callbacks at most, and the completions between them. */
    public void work(int atMost) {
        complete();
        for (int left = atMost; left > 0 && workOne(); left--) {
            complete();
        }
    }

    /** Makes the next callback; false if none waits. */
    boolean workOne() {
        return runNext(calls);
    }

    /** Makes the completions that wait, and no callback. */
    void complete() {
        while (runNext(completions)) {
            // And the next.
        }
    }

    private static boolean runNext(Queue<Runnable> from) {
        Runnable next = from.poll();
        if (next != null) {
            next.run();
        }
        return next != null;
    }

    @Override
    public Executor workers() {
        return workers;
    }

    @Override
    public Resolver resolver() {
        return host -> CompletableFuture.failedFuture(new UnknownHostException(host));
    }

    @Override
    public Executor completions() {
        return completer;
    }

    @Override
    public void beginWait() {}

    @Override
    public void endWait() {}

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public long nextSecret() {
        return 1;
    }

    @Override
    public long wallClockMillis() {
        return 1_700_000_000_000L;
    }

    @Override
    public long monotonicNanos() {
        return clock.getAsLong();
    }
}
