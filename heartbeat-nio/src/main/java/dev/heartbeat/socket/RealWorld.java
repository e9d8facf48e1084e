package dev.heartbeat.socket;

import dev.heartbeat.spi.Environment;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** The real world: the machine's threads, dice and clock. */
final class RealWorld implements Environment {

    private final Executor workers;
    private final SecureRandom secrets = new SecureRandom();

    RealWorld(Executor workers) {
        this.workers = workers;
    }

    @Override
    public Executor workers() {
        return workers;
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
