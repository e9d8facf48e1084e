package dev.heartbeat.races;

import dev.heartbeat.internal.queue.CallbackOrder;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.SerialExecutor;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** Calls and completions that are made when a test says so. */
public final class StubLine implements CallbackOrder, SerialExecutor.Owner {
    private final StubWorkers workers = new StubWorkers();
    private final CallbackThreads callbackThreads = new CallbackThreads(workers, List.of(), null);
    private final Queue<Runnable> calls = new ConcurrentLinkedQueue<>();

    @Override
    public void call(Runnable callback) {
        calls.add(callback);
    }

    /** Makes all of them. */
    public void run() {
        workers.run();
        for (Runnable call = calls.poll(); call != null; call = calls.poll()) {
            call.run();
        }
    }

    @Override
    public SerialExecutor.Owner executorOwner() {
        return this;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return callbackThreads;
    }

    @Override
    public Executor workers() {
        return workers;
    }

    @Override
    public void onFailure(Throwable failure) {
        throw new AssertionError(failure);
    }

    @Override
    public void onIdle() {}
}
