package dev.heartbeat.internal.loop;

import java.util.ArrayDeque;
import java.util.Queue;

/** A loop that is turned by hand: its commands run, and its time passes, when a test says so. */
public final class HandLoop implements Loop {
    private final Queue<Runnable> commands = new ArrayDeque<>();
    private final TimerWheel wheel = new TimerWheel(0, thrown -> {
        throw new AssertionError(thrown);
    });
    private long nowNs;

    /** Runs what was sent to it, and what that sends; says whether there was anything. */
    public boolean run() {
        boolean any = !commands.isEmpty();
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
        return any;
    }

    public void pass(long ns) {
        nowNs += ns;
        wheel.poll(nowNs, Integer.MAX_VALUE);
    }

    /** How many timers wait. */
    public int armed() {
        return wheel.size();
    }

    @Override
    public boolean isInLoop() {
        return true;
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public void arm(Timer timer, long delayNs) {
        wheel.arm(timer, nowNs + delayNs);
    }

    @Override
    public void cancel(Timer timer) {
        wheel.cancel(timer);
    }

    @Override
    public void execute(Runnable command) {
        commands.add(command);
    }
}
