package dev.heartbeat.nio;

import dev.heartbeat.sockets.SocketLoop;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The selector of a loop, and the agreement by which other threads wake it only when it sleeps:
 *
 * <pre>
 *   the loop                          another thread
 *     beginSleep: asleep = true         adds a task
 *     looks for tasks                   wakeUp: if asleep, wakes the selector
 *     poll: select; asleep = false
 * </pre>
 *
 * <p>Whichever of the two comes first, either the loop sees the task or the other thread sees it
 * asleep.
 */
final class Poller {

    private final Selector selector;

    // Collected while polling and handled afterwards, by an action that is made once: so a poll
    // leaves no garbage.
    private final List<SelectionKey> ready = new ArrayList<>();
    private final Consumer<SelectionKey> collect = ready::add;

    private volatile boolean asleep;

    Poller() throws IOException {
        selector = Selector.open();
    }

    /** From here to the end of the poll, {@link #wakeUp} has an effect. */
    void beginSleep() {
        asleep = true;
    }

    /**
     * Polls, and waits if nothing is ready.
     *
     * @param waitNs how long; not at all if it is not positive, for ever if it is
     *     {@link SocketLoop#NEVER}
     */
    void poll(long waitNs) throws IOException {
        ready.clear();
        // A stray interrupt means nothing to a loop, but would make every poll return at once.
        Thread.interrupted();
        if (waitNs <= 0) {
            selector.selectNow(collect);
        } else if (waitNs == SocketLoop.NEVER) {
            selector.select(collect);
        } else {
            // Rounded up: to wake early would be to poll again and again until the deadline.
            selector.select(collect, TimeUnit.NANOSECONDS.toMillis(waitNs - 1) + 1);
        }
        asleep = false;
    }

    /** The keys that were ready, until the next poll. Some may have been cancelled since. */
    List<SelectionKey> ready() {
        return ready;
    }

    /** Any thread. */
    void wakeUp() {
        if (asleep) {
            selector.wakeup();
        }
    }

    SelectionKey register(SelectableChannel socket, int operations) throws IOException {
        return socket.register(selector, operations);
    }

    /** All sockets that are registered, and those closed since the last poll. */
    Iterable<SelectionKey> keys() {
        return selector.keys();
    }

    /** The number of {@link #keys}. Any thread. */
    int sockets() {
        return selector.keys().size();
    }

    void close() throws IOException {
        selector.close();
    }
}
