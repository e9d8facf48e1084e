package dev.heartbeat.bench.still;

import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.Resolver;
import java.net.UnknownHostException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Its wall clock stands still, and callbacks run where they are given. */
public final class StillEnvironment implements Environment {
    private final Random random = new Random(1);

    @Override
    public Executor workers() {
        return Runnable::run;
    }

    @Override
    public Resolver resolver() {
        return host -> CompletableFuture.failedFuture(new UnknownHostException(host));
    }

    @Override
    public Executor completions() {
        return Runnable::run;
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
        return random.nextLong();
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
