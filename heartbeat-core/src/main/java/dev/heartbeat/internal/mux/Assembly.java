package dev.heartbeat.internal.mux;

import static dev.heartbeat.internal.frame.ErrorCode.MALFORMED;

import dev.heartbeat.internal.frame.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A fragmented message on its way in. It is collected in a spare buffer or else in one that grows
 * with what has arrived, never with what was announced. A message that cannot be taken is counted
 * to its last fragment, and not kept.
 */
final class Assembly {
    /** However short a message is, it may come in so many fragments. */
    static final int FREE_FRAGMENTS = 16;

    /** Beyond that, each fragment must be worth so many bytes of the message. */
    static final int BYTES_PER_FRAGMENT = 256;

    /**
     * Of what has arrived. More would be too much for an announcement that is not kept, less would
     * copy a large message several times.
     */
    static final int GROWTH = 8;

    private final long total;
    private long arrived;
    private long fragments;
    private @Nullable ByteBuffer buffer;

    private Assembly(long total, @Nullable ByteBuffer buffer) {
        this.total = total;
        this.buffer = buffer;
    }

    static Assembly keeping(int total) {
        return keeping(total, null);
    }

    /**
     * @param spare to collect it in; null if there is none
     */
    static Assembly keeping(int total, @Nullable ByteBuffer spare) {
        return new Assembly(total, spare == null ? ByteBuffer.allocate(0) : spare);
    }

    static Assembly dropping(long total) {
        return new Assembly(total, null);
    }

    boolean isKeeping() {
        return buffer != null;
    }

    /** It is not kept any longer. */
    void drop() {
        buffer = null;
    }

    /** How much of the budget it takes. */
    long reserved() {
        return isKeeping() ? total : 0;
    }

    /**
     * @param last whether the sender says that this is the last fragment
     */
    void add(ByteBuffer fragment, boolean last) throws ProtocolException {
        int size = fragment.remaining();
        arrived += size;
        fragments++;
        if (arrived > total || last && arrived < total) {
            throw new ProtocolException(MALFORMED, "fragments of " + arrived + " bytes, announced were " + total);
        }
        if (fragments > FREE_FRAGMENTS + total / BYTES_PER_FRAGMENT) {
            throw new ProtocolException(
                    MALFORMED, "more than " + (fragments - 1) + " fragments for a message of " + total + " bytes");
        }
        ByteBuffer kept = buffer;
        if (kept == null) {
            return;
        }
        if (kept.remaining() < size) {
            kept = ByteBuffer.allocate((int) Math.min(total, GROWTH * arrived)).put(kept.flip());
            buffer = kept;
        }
        kept.put(fragment);
    }

    /** The whole message. */
    ByteBuffer message() {
        ByteBuffer kept = buffer;
        if (kept == null) {
            throw new IllegalStateException("nothing was kept");
        }
        return kept.flip();
    }
}
