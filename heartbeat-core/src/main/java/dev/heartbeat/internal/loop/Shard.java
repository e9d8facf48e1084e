package dev.heartbeat.internal.loop;

import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.Heartbeat;
import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.LoopFailures;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that one {@link EventLoop} owns: the timers, the clock by which peers are judged, and the
 * commands that other threads send it. There is one for each loop, shared by every server and
 * client on it.
 *
 * <p><b>The threading law.</b> Everything that belongs to a session is touched by its loop only.
 * Another thread that wants something of it sends a command ({@link #execute}). State that several
 * loops share is safe by itself and listed in docs/ARCHITECTURE.md: node entries, outboxes, serial
 * executors, the mass guard, budgets and counters.
 */
public final class Shard implements LoopAgent, Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    private static final LogEvent STALLED = LogEvent.warn(
            Shard.class,
            "heartbeat.loop.stalled",
            "event loop {loop} was stopped for {millis} ms; the time does not count as silence of peers");

    /** Timers run in one turn before the sockets are looked at again. */
    private static final int TIMERS_PER_TURN = 1024;

    /**
     * The number of buffers kept for frames that were cut, and for messages that were handled where
     * they were assembled.
     */
    private static final int SPARE_FRAMES = 4;

    private static final int SPARE_FRAME_BYTES = SPARE_FRAMES * (FrameHeader.SIZE + FrameType.MAX_DATA_PAYLOAD);
    private static final int SPARE_MESSAGES = 4;
    private static final int SPARE_MESSAGE_BYTES = 4 << 20;

    /**
     * Commands run in one turn before the sockets are looked at again: a message to a million nodes
     * is as many.
     */
    private static final int COMMANDS_PER_TURN = 1024;

    /** Keeps count of how well the loop does. On the loop. */
    public interface Observer {

        /** It was itself stopped, and nobody is judged for it. */
        void onStall(long stalledNs);

        /** It woke up for its timers, so much later than it meant to. */
        void onWake(long lateNs);
    }

    private static final long WORTH_A_WARNING_NS = 1_000_000_000;

    private final EventLoop loop;
    private final TimerWheel wheel;
    private final LogicalClock clock;

    private final BufferPool frameSpares = new BufferPool(SPARE_FRAMES, SPARE_FRAME_BYTES);
    private final BufferPool messageSpares = new BufferPool(SPARE_MESSAGES, SPARE_MESSAGE_BYTES);

    private final Heartbeat heartbeat = new Heartbeat();
    private final WorkBudget work = new WorkBudget();
    private final DeferredInput deferredInput;

    private final List<Observer> observers = new ArrayList<>();

    private final Queue<Runnable> commands = new MpscUnboundedVarHandleArrayQueue<>(256);
    private final AtomicBoolean commandsScheduled = new AtomicBoolean();
    private final Runnable runCommands = this::runCommands;

    /** The commands that run once behind those of a run. */
    private final ArrayDeque<Runnable> behind = new ArrayDeque<>();

    private boolean runningCommands;

    /** Until when the loop means to sleep; {@link Long#MAX_VALUE} if nothing is planned. */
    private long plannedNs = Long.MAX_VALUE;
    /**
     * A stall was seen in the turn of {@link #stalledTurnNs}: whoever is judged must be read first,
     * in the next one.
     */
    private boolean mustReadFirst;

    private long stalledTurnNs;
    private boolean runningTimers;

    /** The stalls that the clock credited, for other threads to read. */
    private volatile long stalls;

    private volatile long creditedNs;

    private Shard(EventLoop loop) {
        this.loop = loop;
        wheel = new TimerWheel(loop.nowNs(), this::timerFailed);
        clock = new LogicalClock(loop.nowNs());
        deferredInput = new DeferredInput(loop);
    }

    /** The shard of a loop. On the loop only. */
    public static Shard of(EventLoop loop) {
        return (Shard) loop.agent(Shard::new);
    }

    @Override
    public boolean isInLoop() {
        return loop.inEventLoop();
    }

    @Override
    public long nowNs() {
        return loop.nowNs();
    }

    public BufferPool frameSpares() {
        return frameSpares;
    }

    public BufferPool messageSpares() {
        return messageSpares;
    }

    /** Into which heartbeats are read. */
    public Heartbeat heartbeat() {
        return heartbeat;
    }

    public WorkBudget work() {
        return work;
    }

    public DeferredInput deferredInput() {
        return deferredInput;
    }

    /** Advanced to this turn. */
    public LogicalClock clock() {
        if (loop.nowNs() != clock.realNs()) {
            advanceClock();
        }
        return clock;
    }

    private void advanceClock() {
        long stalledNs = clock.advance(loop.nowNs(), plannedNs);
        if (stalledNs > 0) {
            stalledTurnNs = loop.nowNs();
            mustReadFirst = true;
            stalls = clock.stalls();
            creditedNs = clock.creditedNs();
            notifyStall(stalledNs);
        }
    }

    /**
     * The clock is needed in the middle of anything: neither who keeps count nor the log may stop
     * that.
     */
    private void notifyStall(long stalledNs) {
        try {
            for (int i = 0; i < observers.size(); i++) {
                observers.get(i).onStall(stalledNs);
            }
            long millis = stalledNs / 1_000_000;
            if (stalledNs >= WORTH_A_WARNING_NS) {
                STALLED.log(loop.index(), millis);
            } else {
                // The ordinary lateness of a busy machine, which was credited all the same.
                LOG.debug("event loop {} was stopped for {} ms", loop.index(), millis);
            }
        } catch (Throwable e) {
            failed("telling of a stall", e);
        }
    }

    public LoopFailures failures() {
        return loop.failures();
    }

    private void failed(String what, Throwable e) {
        loop.failures().add(what, loop, e);
    }

    /** Any thread. */
    public long stalls() {
        return stalls;
    }

    /** Any thread. */
    public long creditedNs() {
        return creditedNs;
    }

    @Override
    public void arm(Timer timer, long delayNs) {
        long deadlineNs = loop.nowNs() + Math.max(0, delayNs);
        wheel.arm(timer, deadlineNs);
        if (!runningTimers && (plannedNs == Long.MAX_VALUE || deadlineNs - plannedNs < 0)) {
            plan();
        }
    }

    @Override
    public void cancel(Timer timer) {
        wheel.cancel(timer);
    }

    /**
     * Any thread; the command runs on the loop, after this call has returned. Everything that a
     * loop could concern has ended with it.
     */
    @Override
    public void execute(Runnable command) {
        commands.add(command);
        scheduleRun();
    }

    /**
     * Runs the action behind the commands of this run, or where none runs, behind those that wait.
     * So what several commands make necessary is done once for all of them, and costs no command of
     * its own. On the loop.
     */
    public void executeBehind(Runnable action) {
        behind.add(action);
        if (!runningCommands) {
            scheduleRun();
        }
    }

    private void scheduleRun() {
        if (commandsScheduled.compareAndSet(false, true)) {
            try {
                loop.execute(runCommands);
            } catch (RejectedExecutionException e) {
                LOG.debug("event loop {} has ended; dropping a command", loop.index());
            } catch (Throwable e) { // No memory for a task: the next command is to try again.
                commandsScheduled.set(false);
                throw e;
            }
        }
    }

    /** While it is under way nobody else schedules it. */
    private void runCommands() {
        while (hasMoreAfterBatch() || mustSchedule()) {
            try {
                loop.execute(runCommands);
                return;
            } catch (Throwable e) {
                // Which is the loop's end, and this its last turn.
                if (!(e instanceof RejectedExecutionException)) {
                    failed("scheduling commands", e);
                }
            }
        }
    }

    /**
     * A command that comes from now on schedules another run; one that came just before did not.
     */
    private boolean mustSchedule() {
        commandsScheduled.set(false);
        return hasMore() && commandsScheduled.compareAndSet(false, true);
    }

    private boolean hasMore() {
        return !commands.isEmpty() || !behind.isEmpty();
    }

    private boolean hasMoreAfterBatch() {
        runningCommands = true;
        int left = COMMANDS_PER_TURN;
        Runnable next = next();
        while (next != null) {
            run(next);
            left--;
            next = left > 0 ? next() : null;
        }
        for (int due = left == 0 ? behind.size() : 0; due > 0; due--) {
            run(behind.remove()); // Commands that never end do not keep it waiting.
        }
        runningCommands = false;
        return hasMore();
    }

    private @Nullable Runnable next() {
        Runnable command = commands.poll();
        return command == null ? behind.poll() : command;
    }

    private void run(Runnable command) {
        try {
            command.run();
        } catch (Throwable e) {
            failed("a command", e);
        }
    }

    public void observe(Observer observer) {
        observers.add(observer);
    }

    public void ignore(Observer observer) {
        observers.remove(observer);
    }

    @Override
    public void onWake(long nowNs) {
        clock();
        notifyWake(plannedNs == Long.MAX_VALUE ? 0 : Math.max(0, nowNs - plannedNs));
        if (mustReadFirst && stalledTurnNs == nowNs) {
            mustReadFirst = false;
            plannedNs = nowNs;
            loop.wakeAt(nowNs);
            return;
        }
        runningTimers = true;
        try {
            wheel.poll(nowNs, TIMERS_PER_TURN);
        } finally {
            runningTimers = false;
            plan();
        }
    }

    private void timerFailed(Throwable e) {
        failed("a timer", e);
    }

    private void notifyWake(long lateNs) {
        try {
            for (int i = 0; i < observers.size(); i++) {
                observers.get(i).onWake(lateNs);
            }
        } catch (Throwable e) {
            failed("measuring a wake-up", e);
        }
    }

    private void plan() {
        long deadlineNs = wheel.nextDeadlineNs();
        if (deadlineNs == Long.MAX_VALUE) {
            plannedNs = Long.MAX_VALUE;
            loop.cancelWake();
        } else {
            // An overdue deadline is planned for now: a plan in the past would make a stall of the
            // time since.
            plannedNs = deadlineNs - loop.nowNs() < 0 ? loop.nowNs() : deadlineNs;
            loop.wakeAt(plannedNs);
        }
    }
}
