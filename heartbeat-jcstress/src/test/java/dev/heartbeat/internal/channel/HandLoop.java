package dev.heartbeat.internal.channel;

import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Timer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A loop whose commands run when a test says so; its time stands still. */
public final class HandLoop implements Loop {
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();

    /** Everything there is to do. */
    public void run() {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    @Override
    public boolean isInLoop() {
        return false;
    }

    @Override
    public long nowNs() {
        return 0;
    }

    @Override
    public void arm(Timer timer, long delayNs) {}

    @Override
    public void cancel(Timer timer) {}

    @Override
    public void execute(Runnable command) {
        commands.add(command);
    }
}
