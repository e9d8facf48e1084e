package dev.heartbeat.sockets;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that the connections of a loop hold only while their sockets are full, kept here in
 * between. A stream fills its socket again and again, and should not cost garbage each time. The
 * number kept is bounded; a caller that finds none allocates.
 */
final class Backlogs {

    static final int CHUNK_BYTES = 16 * 1024;

    /**
     * Little comes in little: peers that are slow to take their heartbeats should not keep what a
     * stream needs.
     */
    static final int SMALL_BYTES = 1024;

    /**
     * Half a megabyte for a loop, never given back. Whoever comes later takes memory of the heap.
     */
    private static final int CHUNKS = 32;

    private static final int KEPT = 64;

    private final Queue<Segments> spareSegments = new ArrayDeque<>();
    private final Queue<ByteBuffer> spareChunks = new ArrayDeque<>();
    private final Queue<ByteBuffer> spareSmall = new ArrayDeque<>();
    private int chunksMade;

    Segments open() {
        Segments spare = spareSegments.poll();
        return spare == null ? new Segments(this) : spare;
    }

    /** It may still hold something, which is lost. */
    void close(Segments backlog) {
        backlog.clear();
        if (spareSegments.size() < KEPT && backlog.isSmall()) {
            spareSegments.add(backlog);
        }
    }

    /** An empty buffer, its limit 0, for so many bytes or more. */
    ByteBuffer take(int bytes) {
        ByteBuffer spare = bytes <= SMALL_BYTES ? spareSmall.poll() : nextChunk();
        ByteBuffer buffer = spare == null ? ByteBuffer.allocate(Math.max(bytes, SMALL_BYTES)) : spare;
        return buffer.position(0).limit(0);
    }

    private @Nullable ByteBuffer nextChunk() {
        ByteBuffer spare = spareChunks.poll();
        if (spare == null && chunksMade < CHUNKS) {
            chunksMade++;
            spare = ByteBuffer.allocateDirect(CHUNK_BYTES);
        }
        return spare;
    }

    /** Takes back what came from {@link #take}. */
    void giveBack(ByteBuffer buffer) {
        if (buffer.isDirect()) {
            spareChunks.add(buffer);
        } else if (buffer.capacity() == SMALL_BYTES && spareSmall.size() < KEPT) {
            spareSmall.add(buffer);
        }
    }
}
