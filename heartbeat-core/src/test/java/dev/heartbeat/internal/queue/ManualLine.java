package dev.heartbeat.internal.queue;

import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.Resolver;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Callbacks that are made when a test says so; what goes aside is done at once. */
public class ManualLine implements CallbackOrder, SerialExecutor.Owner {
    public final Queue<Runnable> waiting = new ArrayDeque<>();
    private final CallbackThreads callbackThreads = new CallbackThreads(new Threads(), List.of(), null);

    /** Nobody but the test. */
    private static final class Threads implements Environment {
        @Override
        public Executor workers() {
            throw new AssertionError("calls are made by the test");
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
        public Resolver resolver() {
            throw new AssertionError("no names");
        }

        @Override
        public RandomGenerator random() {
            throw new AssertionError("no chance");
        }

        @Override
        public long nextSecret() {
            throw new AssertionError("no secret");
        }

        @Override
        public long wallClockMillis() {
            throw new AssertionError("no time");
        }

        @Override
        public long monotonicNanos() {
            return 0;
        }
    }

    @Override
    public void call(Runnable callback) {
        waiting.add(callback);
    }

    @Override
    public SerialExecutor.Owner executorOwner() {
        return this;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return callbackThreads;
    }

    public void makeOne() {
        if (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    @Override
    public Executor workers() {
        return callbackThreads.workers();
    }

    @Override
    public void onFailure(Throwable failure) {
        throw new AssertionError(failure);
    }

    @Override
    public void onIdle() {}
}
