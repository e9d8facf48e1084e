package dev.heartbeat.socket;

import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.Resolver;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** The real world: the machine's threads, dice, clock and names. */
final class RealWorld implements Environment {

    private final Executor workers;
    private final Resolver resolver;
    private final SecureRandom secrets = new SecureRandom();

    RealWorld(Executor workers, Resolver resolver) {
        this.workers = workers;
        this.resolver = resolver;
    }

    @Override
    public Executor workers() {
        return workers;
    }

    @Override
    public Resolver resolver() {
        return resolver;
    }

    @Override
    public RandomGenerator random() {
        // Each number from the generator of the thread that asks: whoever keeps this may pass it to any thread.
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
}
