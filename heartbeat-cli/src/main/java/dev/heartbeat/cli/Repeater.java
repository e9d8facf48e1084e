package dev.heartbeat.cli;

import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import org.jspecify.annotations.Nullable;

/**
 * Does something every so often on a thread of its own, until it is stopped or the program ends.
 */
final class Repeater {
    private final Timer timer;

    private Repeater(String name) {
        timer = new Timer(name, true);
    }

    /**
     * Without a period it never does it. An exception of the task is printed, and ends the
     * repetition.
     */
    static Repeater every(@Nullable Duration period, String name, Runnable task) {
        Repeater repeater = new Repeater(name);
        if (period != null) {
            long millis = Math.max(1, period.toMillis());
            repeater.timer.scheduleAtFixedRate(repeater.timed(name, task), millis, millis);
        }
        return repeater;
    }

    /** A run that is under way is not waited for. */
    void stop() {
        timer.cancel();
    }

    private TimerTask timed(String name, Runnable task) {
        return new TimerTask() {
            @Override
            public void run() {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    System.err.println("heartbeat: " + name + " failed: " + e);
                    stop();
                }
            }
        };
    }
}
