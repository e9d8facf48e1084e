package dev.heartbeat.internal.queue;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages one after the other, linked by themselves: each is in one chain at most. Not safe for
 * threads.
 */
public final class MessageList {
    private @Nullable OutgoingMessage first;
    private @Nullable OutgoingMessage last;

    public void add(OutgoingMessage message) {
        if (last == null) {
            first = message;
        } else {
            last.next = message;
        }
        last = message;
    }

    public @Nullable OutgoingMessage peek() {
        return first;
    }

    public @Nullable OutgoingMessage poll() {
        OutgoingMessage message = first;
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
    public void drain(Consumer<OutgoingMessage> action) {
        for (OutgoingMessage message = poll(); message != null; message = poll()) {
            action.accept(message);
        }
    }
}
