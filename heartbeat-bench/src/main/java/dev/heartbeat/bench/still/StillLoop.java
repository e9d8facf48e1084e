package dev.heartbeat.bench.still;

import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.LoopFailures;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A loop that runs its tasks when a benchmark calls it, on the caller's thread. Each task takes a
 * nanosecond of its time.
 */
public final class StillLoop implements EventLoop {
    private final LoopFailures failures = new LoopFailures();
    /**
     * The memory that its connections write into, as those of a loop of {@code heartbeat-nio} share
     * their memory.
     */
    final ByteBuffer memory = ByteBuffer.allocateDirect(StillConnection.CAPACITY);

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private @Nullable LoopAgent agent;
    private long nowNs;

    /** Runs all it was given, and what that gives it. */
    public void turn() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            nowNs++; // Each is a turn of its own.
            task.run();
        }
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean inEventLoop() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public long nowNs() {
        return nowNs;
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
    public synchronized LoopAgent agent(Function<EventLoop, LoopAgent> factory) {
        if (agent == null) {
            agent = factory.apply(this);
        }
        return agent;
    }
}
