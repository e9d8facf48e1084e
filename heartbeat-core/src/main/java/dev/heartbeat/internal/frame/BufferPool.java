package dev.heartbeat.internal.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory that the connections of one loop lend each other while something arrives in parts, so that
 * a stream costs no garbage. It makes none: it keeps what others have made and need no longer, the
 * larger the better. Whoever finds nothing that is large enough makes his own. On the loop.
 *
 * <p>Invariant: it keeps at most the given number of buffers, and of bytes.
 */
public final class BufferPool {
    /** A pool that keeps nothing. */
    public static final BufferPool NONE = new BufferPool(0, 0);

    private final List<ByteBuffer> kept = new ArrayList<>(0);
    private final int maxBuffers;
    private final long maxBytes;
    private long bytes;

    public BufferPool(int maxBuffers, long maxBytes) {
        this.maxBuffers = maxBuffers;
        this.maxBytes = maxBytes;
    }

    /** An empty buffer for so many bytes or more; null if there is none. */
    public @Nullable ByteBuffer take(int capacity) {
        for (int i = kept.size() - 1; i >= 0; i--) {
            if (kept.get(i).capacity() >= capacity) {
                return remove(i);
            }
        }
        return null;
    }

    /** Nobody else uses it any longer. */
    public void giveBack(ByteBuffer buffer) {
        if (!kept.isEmpty() && !hasRoomFor(buffer)) {
            dropSmallerThan(buffer);
        }
        if (hasRoomFor(buffer)) {
            kept.add(buffer.clear().order(ByteOrder.BIG_ENDIAN));
            bytes += buffer.capacity();
        }
    }

    private boolean hasRoomFor(ByteBuffer buffer) {
        return kept.size() < maxBuffers && bytes + buffer.capacity() <= maxBytes;
    }

    private void dropSmallerThan(ByteBuffer buffer) {
        int smallest = 0;
        for (int i = 1; i < kept.size(); i++) {
            if (kept.get(i).capacity() < kept.get(smallest).capacity()) {
                smallest = i;
            }
        }
        if (kept.get(smallest).capacity() < buffer.capacity()) {
            remove(smallest);
        }
    }

    private ByteBuffer remove(int index) {
        ByteBuffer removed = kept.remove(index);
        bytes -= removed.capacity();
        return removed;
    }
}
