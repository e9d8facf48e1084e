package dev.heartbeat.cli;

import java.io.IOException;

/** The process that started this one, and holds the other end of its standard input. */
final class Parent {
    private Parent() {}

    /**
     * Ends this process, in order as by SIGTERM, when the parent ends: also where that was killed
     * and could notify nobody. The system closes the pipe in any case.
     */
    static void endWith() {
        Thread thread = new Thread(Parent::awaitEnd, "heartbeat-parent");
        thread.setDaemon(true);
        thread.start();
    }

    private static void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // It says nothing; it is there.
            }
        } catch (IOException e) {
            // A pipe that is broken has nobody at its other end either.
        }
        System.exit(1);
    }
}
