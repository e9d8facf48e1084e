package dev.heartbeat.internal.node;

import dev.heartbeat.internal.loop.Timer;
import dev.heartbeat.internal.loop.TimerWheel;
import java.util.ArrayDeque;
import java.util.Queue;

/** A loop whose time and commands wait for the test. */
final class ManualHome implements Tombstones.Home {
    private static final long SECOND = 1_000_000_000L;
    private static final long STEP_NS = 10_000_000;

    private final Queue<Runnable> commands = new ArrayDeque<>();
    private final TimerWheel wheel = new TimerWheel(0, thrown -> {
        throw new AssertionError(thrown);
    });
    private long nowNs;
    private int turns;

    @Override
    public void execute(Runnable command) {
        commands.add(command);
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public void arm(Timer timer, long delayNs) {
        wheel.arm(timer, nowNs + Math.max(0, delayNs));
    }

    @Override
    public void cancel(Timer timer) {
        wheel.cancel(timer);
    }

    void runCommands() {
        while (!commands.isEmpty()) {
            commands.remove().run();
        }
    }

    void pass(long seconds) {
        runCommands();
        for (long untilNs = nowNs + seconds * SECOND; nowNs < untilNs; nowNs += STEP_NS) {
            turns += wheel.poll(nowNs, 1);
        }
    }

    /** In how many turns a timer was due. */
    int turns() {
        return turns;
    }

    int timers() {
        return wheel.size();
    }
}
