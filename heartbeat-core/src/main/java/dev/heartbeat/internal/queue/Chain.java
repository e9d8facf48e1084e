package dev.heartbeat.internal.queue;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Messages one after the other, linked by themselves: each is in one chain at most. Not safe for threads. */
public final class Chain {
    private @Nullable Outgoing first;
    private @Nullable Outgoing last;

    public void add(Outgoing message) {
        if (last == null) {
            first = message;
        } else {
            last.next = message;
        }
        last = message;
    }

    public @Nullable Outgoing peek() {
        return first;
    }

    public @Nullable Outgoing poll() {
        Outgoing message = first;
        if (message != null) {
            first = message.next;
            message.next = null;
            if (first == null) {
                last = null;
            }
        }
        return message;
    }

    public boolean isEmpty() {
        return first == null;
    }

    /** Takes out one after the other until it is empty. */
    public void drain(Consumer<Outgoing> action) {
        for (Outgoing message = poll(); message != null; message = poll()) {
            action.accept(message);
        }
    }
}
