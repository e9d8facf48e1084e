package dev.heartbeat.fake;

import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Timer;
import dev.heartbeat.internal.loop.TimerWheel;
import dev.heartbeat.internal.node.Tombstones;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.LoopFailures;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A loop that a test turns: its tasks run, and its time passes, when the test says so. It is what a
 * transport provides ({@link EventLoop}), and also what lives above a shard ({@link Loop},
 * {@link Tombstones.Home}), with timers of its own.
 *
 * <p>Any thread may give it tasks. A thread is on the loop while it runs them.
 */
public class FakeLoop implements EventLoop, Loop, Tombstones.Home {
    /** Shorter than a tick of the wheel, so a timer that is armed again waits for another turn. */
    private static final long STEP_NS = 10_000_000;

    private final LoopFailures failures = new LoopFailures();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final @Nullable TimerWheel wheel;
    private volatile @Nullable Thread turning;
    private @Nullable LoopAgent agent;
    private long nowNs = 1_000_000_000L;
    private long wakeNs = Long.MAX_VALUE;
    /** The number of timers that were due, and of times the agent was. */
    private int woken;

    private boolean ended;
    private @Nullable Error refusal;

    public FakeLoop() {
        this(true);
    }

    private FakeLoop(boolean keepsTimers) {
        wheel = keepsTimers ? new TimerWheel(nowNs, FakeLoop::timerFailed) : null;
    }

    /** A loop whose time stands still. No timer is ever due, so it keeps none and costs little. */
    public static FakeLoop still() {
        return new FakeLoop(false);
    }

    private static void timerFailed(Throwable failure) {
        throw new AssertionError(failure);
    }

    // ---- what a test does

    /**
     * Runs its tasks, and what these give it. Each is a turn of its own.
     *
     * @return their number
     */
    public int run() {
        int count = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            handle(task);
            count++;
        }
        return count;
    }

    /** An event of the loop, such as a read. */
    public void handle(Runnable event) {
        nowNs++;
        enter(event);
    }

    /**
     * One turn: it sleeps until it is to be woken, reads its sockets, runs the tasks that wait, and
     * wakes whom it has to.
     *
     * @param atMostNs how long it sleeps at most
     * @param sockets what is read
     */
    public void turn(long atMostNs, Runnable sockets) {
        nowNs = Math.min(nowNs + atMostNs, Math.max(nowNs, wakeNs));
        enter(sockets);
        runWaiting();
        boolean unused = wake();
    }

    /**
     * Lets time pass, in turns.
     *
     * @return the number of turns in which something was due
     */
    public int pass(long ns) {
        int turns = 0;
        for (long leftNs = ns; leftNs > 0; leftNs -= STEP_NS) {
            nowNs += Math.min(STEP_NS, leftNs);
            turns += wake() ? 1 : 0;
        }
        return turns;
    }

    /** The process is stopped for so long. */
    public void stopFor(long ns) {
        nowNs += ns;
    }

    /** Its last turn: it runs what it has accepted, and accepts no more. */
    public void end() {
        ended = true;
        runWaiting();
    }

    /** It takes no tasks from now on, but throws this; takes them again with null. */
    public void refuseTasks(@Nullable Error error) {
        refusal = error;
    }

    /** Whether its agent is to be woken at once. */
    public boolean isToWakeAtOnce() {
        return wakeNs <= nowNs;
    }

    /** The number of timers that wait. */
    public int armed() {
        return wheel == null ? 0 : wheel.size();
    }

    private void runWaiting() {
        for (int count = tasks.size(); count > 0; count--) {
            enter(tasks.remove());
        }
    }

    private void enter(Runnable event) {
        Thread before = turning;
        turning = Thread.currentThread();
        try {
            event.run();
        } finally {
            turning = before;
        }
    }

    private boolean wake() {
        int before = woken;
        enter(this::wakeDue);
        return woken > before;
    }

    private void wakeDue() {
        woken += wheel == null ? 0 : wheel.poll(nowNs, Integer.MAX_VALUE);
        if (agent != null && nowNs >= wakeNs) {
            wakeNs = Long.MAX_VALUE;
            woken++;
            agent.onWake(nowNs);
        }
    }

    // ---- what a transport provides

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean inEventLoop() {
        return turning == Thread.currentThread();
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
    public void cancelWake() {
        wakeNs = Long.MAX_VALUE;
    }

    @Override
    public LoopFailures failures() {
        return failures;
    }

    @Override
    public synchronized LoopAgent agent(Function<EventLoop, LoopAgent> factory) {
        if (agent == null) {
            agent = factory.apply(this);
        }
        return agent;
    }

    // ---- what lives above a shard

    @Override
    public boolean isInLoop() {
        return inEventLoop();
    }

    @Override
    public void arm(Timer timer, long delayNs) {
        if (wheel != null) {
            wheel.arm(timer, nowNs + Math.max(0, delayNs));
        }
    }

    @Override
    public void cancel(Timer timer) {
        if (wheel != null) {
            wheel.cancel(timer);
        }
    }
}
