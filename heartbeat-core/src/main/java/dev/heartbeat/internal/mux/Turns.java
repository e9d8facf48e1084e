package dev.heartbeat.internal.mux;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Whose messages go out next over a connection of many nodes: each sender that has some gives one and goes to the end, so none waits for all that another has. Nobody is looked at
 * that has nothing. Confined to the connection's loop.
 *
 * <p>Invariant: a sender is in here at most once, and has joined.
 */
public final class Turns {
    private @Nullable ArrayDeque<Sender> waiting;
    private @Nullable Sender last;

    /** The sender has joined. */
    public void add(Sender sender) {
        ArrayDeque<Sender> queue = waiting;
        if (queue == null) {
            queue = new ArrayDeque<>(4);
            waiting = queue;
        }
        queue.add(sender);
    }

    /** Whether nobody has joined. */
    public boolean isEmpty() {
        return waiting == null || waiting.isEmpty();
    }

    /** The next message, if there is one; {@link #last} is whose. */
    @Nullable
    ByteBuffer next() {
        while (waiting != null && !waiting.isEmpty()) {
            Sender sender = waiting.remove();
            sender.leave(); // First: what is offered after the look has a turn of its own.
            ByteBuffer message = sender.poll();
            if (message != null) {
                last = sender;
                if (sender.hasMore() && sender.join()) {
                    waiting.add(sender);
                }
                return message;
            }
        }
        waiting = null;
        return null;
    }

    /** Whose message {@link #next} returned. */
    Sender last() {
        return java.util.Objects.requireNonNull(last);
    }
}
