package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.queue.OutgoingMessage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one channel that were written and that the other side may still refuse: all
 * requests, and of the others those in fragments. Any other message needs no memory but what the
 * credit for it stands for, so the other side takes it when it comes. A message leaves when the
 * other side says by its position that the last frame has come, when it is refused, and when too
 * many or too large ones follow it: a refusal after that is not reported.
 *
 * <p>Invariant: in the order of their ordinals, and so of their last frames. At most the youngest
 * is not written to its end. Confined to the connection's loop.
 */
final class Refusable {
    /** So many messages are kept, at most. A power of two. */
    static final int MAX_MESSAGES = 1024;

    /**
     * So many bytes of messages are kept that are no requests; the youngest alone may be longer.
     */
    static final int MAX_BYTES = 1 << 20;

    private static final int FIRST_ROOM = 8;

    private @Nullable Sent[] ring = new @Nullable Sent[FIRST_ROOM];
    private int first;
    private int count;
    private long bytes;

    /** A message that is written, or of which at least the first frame is. */
    static final class Sent {
        private final long ordinal;
        private final OutgoingMessage message;
        private final Sender from;
        private final int bytes;
        /** The number of frames the connection had sent with its last. */
        private long lastFrame = Long.MAX_VALUE;

        private boolean refused;

        private Sent(long ordinal, OutgoingMessage message, Sender from) {
            this.ordinal = ordinal;
            this.message = message;
            this.from = from;
            bytes = message.isRequest() ? 0 : message.length();
        }

        /**
         * The other side refuses the message: its sender is notified, as soon as its buffer is
         * free.
         */
        void refuse() {
            refused = true;
            message.refuse(from);
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The first frame of a message is written. */
    void begun(long ordinal, OutgoingMessage message, Sender from) {
        Sent sent = new Sent(ordinal, message, from);
        while (count > 0 && (count == MAX_MESSAGES || bytes + sent.bytes > MAX_BYTES && bytes > 0)) {
            forgetFirst();
        }
        if (count == ring.length) {
            grow();
        }
        ring[first + count & ring.length - 1] = sent;
        count++;
        bytes += sent.bytes;
    }

    /** The last frame of the youngest is written. */
    void written(long framesSent) {
        if (count > 0) {
            at(count - 1).lastFrame = framesSent;
        }
    }

    /** The other side has received so many frames. */
    void received(long position) {
        while (count > 0 && at(0).lastFrame <= position) {
            forgetFirst();
        }
    }

    /** The message of this ordinal; null if it is not in here, or was refused before. */
    @Nullable
    Sent find(long ordinal) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            Sent sent = at(middle);
            if (sent.ordinal == ordinal) {
                return sent.refused ? null : sent;
            }
            if (sent.ordinal < ordinal) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    private Sent at(int place) {
        return Objects.requireNonNull(ring[first + place & ring.length - 1]);
    }

    private void forgetFirst() {
        bytes -= at(0).bytes;
        ring[first] = null;
        first = first + 1 & ring.length - 1;
        count--;
    }

    private void grow() {
        @Nullable Sent[] larger = new @Nullable Sent[2 * ring.length];
        for (int i = 0; i < count; i++) {
            larger[i] = at(i);
        }
        ring = larger;
        first = 0;
    }
}
