package dev.heartbeat.cli;

import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import org.jspecify.annotations.Nullable;

/**
 * Does something every so often on a thread of its own, until it is stopped or the program ends.
 */
final class Repeater {
    private final String name;
    private final Runnable task;
    private @Nullable Timer timer;

    /** Does nothing yet. An exception of the task is printed, and ends the repetition. */
    Repeater(String name, Runnable task) {
        this.name = name;
        this.task = task;
    }

    /**
     * Without a period it never does it. An exception of the task is printed, and ends the
     * repetition.
     */
    static Repeater every(@Nullable Duration period, String name, Runnable task) {
        Repeater repeater = new Repeater(name, task);
        repeater.every(period);
        return repeater;
    }

    /** Goes on with another period; without one it never does it. */
    synchronized void every(@Nullable Duration period) {
        stop();
        if (period != null) {
            long millis = Math.max(1, period.toMillis());
            timer = new Timer(name, true);
            timer.scheduleAtFixedRate(timed(), millis, millis);
        }
    }

    /** A run that is under way is not waited for. */
    synchronized void stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private TimerTask timed() {
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
