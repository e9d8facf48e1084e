package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.queue.MessageList;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whose messages go out next over a channel of many nodes: each sender that has some gives about a
 * frame's worth and goes to the end, so none waits for all that another has. Nobody is looked at
 * that has nothing. Confined to the connection's loop.
 *
 * <p>Invariant: a sender is in here at most once, and has joined.
 */
public final class RoundRobin {
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

    /** Moves the next messages to {@code to}, if there are any; {@link #last} is whose. */
    void next(MessageList to, long room) {
        while (waiting != null && !waiting.isEmpty()) {
            Sender sender = waiting.remove();
            sender.dequeued(); // First: what is offered after the look has a turn of its own.
            sender.poll(to, room);
            if (!to.isEmpty()) {
                last = sender;
                if (sender.hasMore() && sender.join()) {
                    waiting.add(sender);
                }
                return;
            }
        }
        waiting = null;
    }

    /** Whose messages {@link #next} moved. */
    Sender last() {
        return Objects.requireNonNull(last);
    }
}
