package dev.heartbeat.races;

import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.LoopFailures;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An event loop that runs when a test says so: its tasks, and nothing else. Time stands still. */
public final class StubLoop implements EventLoop {
    private final LoopFailures failures = new LoopFailures();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private @Nullable LoopAgent agent;

    /** One turn; says how many tasks there were. */
    public int run() {
        int count = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            count++;
        }
        return count;
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean inEventLoop() {
        return false;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public long nowNs() {
        return 0;
    }

    @Override
    public void wakeAt(long deadlineNs) {}

    @Override
    public LoopFailures failures() {
        return failures;
    }

    @Override
    public void cancelWake() {}

    @Override
    public LoopAgent agent(Function<EventLoop, LoopAgent> factory) {
        if (agent == null) {
            agent = factory.apply(this);
        }
        return agent;
    }
}
