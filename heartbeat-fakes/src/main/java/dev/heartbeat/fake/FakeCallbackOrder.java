package dev.heartbeat.fake;

import dev.heartbeat.internal.queue.CallbackOrder;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.SerialExecutor;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** Callbacks that are made, in their order, when a test says so. */
public class FakeCallbackOrder implements CallbackOrder, SerialExecutor.Owner {
    private final Queue<Runnable> calls = new ConcurrentLinkedQueue<>();
    private final FakeEnvironment environment;
    private final CallbackThreads callbackThreads;

    /** Runs work that goes aside at once. */
    public FakeCallbackOrder() {
        this(FakeEnvironment.atOnce());
    }

    /** Has this environment run work that goes aside. */
    public FakeCallbackOrder(FakeEnvironment environment) {
        this.environment = environment;
        callbackThreads = new CallbackThreads(environment, List.of(), null);
    }

    /** The number of callbacks that wait. */
    public int waiting() {
        return calls.size();
    }

    /** Makes the next callback, if one waits. */
    public void runOne() {
        Runnable call = calls.poll();
        if (call != null) {
            call.run();
        }
    }

    /** Makes all that waits, what went aside first. */
    public void run() {
        environment.work();
        while (!calls.isEmpty()) {
            runOne();
        }
    }

    @Override
    public void call(Runnable callback) {
        calls.add(callback);
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
        return callbackThreads.workers();
    }

    @Override
    public void onFailure(Throwable failure) {
        throw new AssertionError(failure);
    }

    @Override
    public void onIdle() {}
}
