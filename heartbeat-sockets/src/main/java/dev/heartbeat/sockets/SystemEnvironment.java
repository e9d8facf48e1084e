package dev.heartbeat.sockets;

import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.MemoryGauge;
import dev.heartbeat.spi.Resolver;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** The threads, random numbers, clock and name service of the machine. */
final class SystemEnvironment implements Environment {

    private final Workers workers;
    private final Workers completions;
    private final Resolver resolver;
    private final SecureRandom secrets = new SecureRandom();

    SystemEnvironment(Workers workers, Workers completions, Resolver resolver) {
        this.workers = workers;
        this.completions = completions;
        this.resolver = resolver;
    }

    @Override
    public Executor workers() {
        return workers;
    }

    @Override
    public Executor withTurns(Executor threads) {
        return Callbacks.withTurns(threads);
    }

    @Override
    public Resolver resolver() {
        return resolver;
    }

    @Override
    public Executor completions() {
        return completions;
    }

    @Override
    public void beginWait() {
        if (workers.isCurrentThread()) {
            workers.beginWait();
        } else if (completions.isCurrentThread()) {
            completions.beginWait();
        }
    }

    @Override
    public void endWait() {
        if (workers.isCurrentThread()) {
            workers.endWait();
        } else if (completions.isCurrentThread()) {
            completions.endWait();
        }
    }

    @Override
    public MemoryGauge memory() {
        return new JvmMemory(); // For servers only: the beans take a while to come up.
    }

    @Override
    public RandomGenerator random() {
        // Each number from the generator of the thread that asks: whoever keeps this may pass it to
        // any thread.
        return () -> ThreadLocalRandom.current().nextLong();
    }

    @Override
    public long nextSecret() {
        return secrets.nextLong();
    }

    @Override
    public long wallClockMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }
}
