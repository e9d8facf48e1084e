package dev.heartbeat.races;

import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.Resolver;
import java.net.UnknownHostException;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Worker threads that work when a test says so. */
public final class StubWorkers implements Environment, Executor {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final RandomGenerator random = new Random(1);

    /** Everything there is to do. */
    public void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Executor workers() {
        return this;
    }

    @Override
    public Resolver resolver() {
        return host -> CompletableFuture.failedFuture(new UnknownHostException(host));
    }

    @Override
    public Executor completions() {
        return this;
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
        return 0;
    }
}
