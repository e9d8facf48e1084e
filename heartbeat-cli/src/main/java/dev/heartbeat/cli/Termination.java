package dev.heartbeat.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Makes SIGTERM and SIGINT an orderly end. The JVM would leave with 143 or 130 whatever its
 * shutdown hooks did; whoever asked the command to stop should rather hear whether it stopped well,
 * so the hook itself ends the JVM, with the status of the stop.
 */
final class Termination {
    /**
     * One request may come as two signals: of Ctrl-C, a process that belongs to another hears from
     * the terminal and from that other.
     */
    private static final long ONE_REQUEST_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private Termination() {}

    /**
     * Runs the body. A signal that comes meanwhile runs {@code stop} beside it, and ends the JVM
     * with what that returns.
     */
    static <T> T bySignal(Callable<Integer> stop, Callable<T> body) throws Exception {
        return bySignal(stop, () -> {}, body);
    }

    /**
     * As {@link #bySignal(Callable, Callable)}.
     *
     * @param hurry runs for each signal that comes while it stops
     */
    static <T> T bySignal(Callable<Integer> stop, Runnable hurry, Callable<T> body) throws Exception {
        Thread hook = new Thread(() -> halt(stop, hurry), "heartbeat-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return body.call();
        } finally {
            remove(hook);
        }
    }

    private static void remove(Thread hook) throws InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // A signal was quicker: the hook ends the JVM, and nothing is to be said here
            // meanwhile.
            Thread.currentThread().join();
        }
    }

    private static void halt(Callable<Integer> stop, Runnable hurry) {
        int status = 1;
        long beganNs = System.nanoTime();
        Runnable again = () -> {
            if (System.nanoTime() - beganNs > ONE_REQUEST_NS) {
                hurry.run();
            }
        };
        Signals.handle("TERM", again);
        Signals.handle("INT", again);
        try {
            status = stop.call();
        } catch (Exception e) {
            System.err.println("heartbeat: shutdown failed: " + e);
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }
}
