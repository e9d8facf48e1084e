package dev.heartbeat.bench;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The end that messages come from: a thread of the application that sends without end while it is
 * started.
 */
abstract class Sender {
    static final String THREAD = "application";

    /**
     * The wait when there is no room: the time of some dozens of small messages, so that the queue
     * does not run dry.
     */
    private static final long PAUSE_NS = 50_000;

    private volatile boolean running;
    private volatile long count;
    private @Nullable Thread thread;

    /** Sends some; returns how many, 0 if there was no room. */
    abstract int sendSome() throws Exception;

    final void start() {
        running = true;
        Thread started = new Thread(this::run, THREAD);
        started.start();
        thread = started;
    }

    final void stop() throws InterruptedException {
        running = false;
        if (thread != null) {
            thread.join();
        }
    }

    /** The number of messages that were sent. Any thread. */
    final long count() {
        return count;
    }

    private void run() {
        long sent = count;
        try {
            while (running) {
                int some = sendSome();
                if (some == 0) {
                    LockSupport.parkNanos(PAUSE_NS);
                }
                sent += some;
                count = sent;
            }
        } catch (Exception e) {
            throw new IllegalStateException("cannot send", e);
        }
    }
}
