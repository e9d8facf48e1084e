package dev.heartbeat.internal.mux;

import static dev.heartbeat.internal.frame.ErrorCode.MALFORMED;

import dev.heartbeat.internal.frame.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A fragmented message on its way in. The buffer grows with what has arrived, never with what was announced. A message that cannot be taken is
 * passed over to its last fragment.
 */
final class Assembly {
    private static final int FIRST = 64 * 1024;

    private final int total;
    private int arrived;
    private @Nullable ByteBuffer buffer;

    private Assembly(int total, @Nullable ByteBuffer buffer) {
        this.total = total;
        this.buffer = buffer;
    }

    static Assembly keeping(int total) {
        return new Assembly(total, ByteBuffer.allocate(Math.min(total, FIRST)));
    }

    static Assembly dropping() {
        return new Assembly(0, null);
    }

    boolean isKeeping() {
        return buffer != null;
    }

    int total() {
        return total;
    }

    /**
     * @param last whether the sender says that this is the last fragment
     */
    void add(ByteBuffer fragment, boolean last) throws ProtocolException {
        ByteBuffer kept = buffer;
        if (kept == null) {
            return;
        }
        int size = fragment.remaining();
        if (size > total - arrived || last != (size == total - arrived)) {
            throw new ProtocolException(
                    MALFORMED,
                    "fragments of " + ((long) arrived + size) + (last ? "" : " and more") + " bytes, announced were "
                            + total);
        }
        arrived += size;
        if (kept.remaining() < size) {
            kept = ByteBuffer.allocate((int) Math.min(total, 2L * arrived)).put(kept.flip());
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
