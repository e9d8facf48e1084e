package dev.heartbeat.internal.loop;

import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.LoopFailures;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A loop that takes a turn when the test says so: it polls, reads its clock, runs its tasks, and
 * wakes its agent if it is time.
 */
final class ManualLoop implements EventLoop {
    private final LoopFailures failures = new LoopFailures();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private @Nullable LoopAgent agent;
    private long nowNs = 1_000_000_000L;
    private long wakeNs = Long.MAX_VALUE;
    private boolean ended;
    private @Nullable Error refusal;

    /**
     * Sleeps until it is to be woken, but {@code atMostNs}; then it is a turn.
     *
     * @param sockets what is read in this turn
     */
    void turn(long atMostNs, Runnable sockets) {
        nowNs = Math.min(nowNs + atMostNs, Math.max(nowNs, wakeNs));
        sockets.run();
        runTasks(tasks.size());
        if (agent != null && nowNs >= wakeNs) {
            wakeNs = Long.MAX_VALUE;
            agent.onWake(nowNs);
        }
    }

    private void runTasks(int count) {
        for (int i = 0; i < count; i++) {
            tasks.remove().run();
        }
    }

    /** Its last turn: it runs what it has accepted, and accepts no more. */
    void end() {
        ended = true;
        runTasks(tasks.size());
    }

    /** Whether it is to be woken at once. */
    boolean isToWakeAtOnce() {
        return wakeNs <= nowNs;
    }

    /** It takes no tasks from now on, but throws this; takes them again with null. */
    void refuseTasks(@Nullable Error error) {
        refusal = error;
    }

    /** The process is stopped for so long. */
    void stopFor(long ns) {
        nowNs += ns;
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
        if (ended) {
            throw new RejectedExecutionException("the loop has ended");
        }
        if (refusal != null) {
            throw refusal;
        }
        tasks.add(task);
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public void wakeAt(long deadlineNs) {
        wakeNs = deadlineNs;
    }

    @Override
    public LoopFailures failures() {
        return failures;
    }

    @Override
    public void cancelWake() {
        wakeNs = Long.MAX_VALUE;
    }

    @Override
    public LoopAgent agent(Function<EventLoop, LoopAgent> factory) {
        if (agent == null) {
            agent = factory.apply(this);
        }
        return agent;
    }
}
