package dev.heartbeat.fuzz;

import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Timer;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/**
 * A loop whose commands run when a test says so, and whose time stands still: no timer is ever due.
 */
final class StillLoop implements Loop {
    private final Queue<Runnable> commands = new ArrayDeque<>();
    private final Set<Timer> armed = new HashSet<>();

    void run() {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    /** How many timers wait. */
    int armed() {
        return armed.size();
    }

    @Override
    public boolean isInLoop() {
        return true;
    }

    @Override
    public long nowNs() {
        return 0;
    }

    @Override
    public void arm(Timer timer, long delayNs) {
        armed.add(timer);
    }

    @Override
    public void cancel(Timer timer) {
        armed.remove(timer);
    }

    @Override
    public void execute(Runnable command) {
        commands.add(command);
    }
}
