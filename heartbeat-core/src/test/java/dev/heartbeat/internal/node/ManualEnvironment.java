package dev.heartbeat.internal.node;

import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.Resolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Time stands still, and callbacks wait for the test. */
final class ManualEnvironment implements Environment {
    static final InetSocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private final Queue<Runnable> workers = new ArrayDeque<>();

    void work() {
        work(Integer.MAX_VALUE);
    }

    /** So many calls at most. */
    void work(int calls) {
        for (int i = 0; i < calls && !workers.isEmpty(); i++) {
            workers.remove().run();
        }
    }

    @Override
    public Executor workers() {
        return workers::add;
    }

    @Override
    public Resolver resolver() {
        return host -> CompletableFuture.failedFuture(new UnknownHostException(host));
    }

    @Override
    public Executor completions() {
        return workers::add;
    }

    @Override
    public void beginWait() {}

    @Override
    public void endWait() {}

    @Override
    public RandomGenerator random() {
        return new Random(1);
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
