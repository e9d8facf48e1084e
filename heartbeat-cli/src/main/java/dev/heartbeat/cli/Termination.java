package dev.heartbeat.cli;

import java.util.concurrent.Callable;

/**
 * Makes SIGTERM and SIGINT an orderly end. The JVM would leave with 143 or 130 whatever its
 * shutdown hooks did; whoever asked the command to stop should rather hear whether it stopped well,
 * so the hook itself ends the JVM, with the status of the stop.
 */
final class Termination {
    private Termination() {}

    /**
     * Runs the body. A signal that comes meanwhile runs {@code stop} beside it, and ends the JVM
     * with what that returns.
     */
    static <T> T bySignal(Callable<Integer> stop, Callable<T> body) throws Exception {
        Thread hook = new Thread(() -> halt(stop), "heartbeat-stop");
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

    private static void halt(Callable<Integer> stop) {
        int status = 1;
        try {
            status = stop.call();
        } catch (Exception e) {
            System.err.println("heartbeat: shutdown failed: " + e);
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }
}
