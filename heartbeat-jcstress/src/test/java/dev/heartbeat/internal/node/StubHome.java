package dev.heartbeat.internal.node;

import dev.heartbeat.internal.loop.Timer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The loop of the departures, whose commands run when a test says so; its time stands still. */
final class StubHome implements Tombstones.Home {
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();

    void run() {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    @Override
    public void execute(Runnable command) {
        commands.add(command);
    }

    @Override
    public long nowNs() {
        return 0;
    }

    @Override
    public void arm(Timer timer, long delayNs) {}

    @Override
    public void cancel(Timer timer) {}
}
