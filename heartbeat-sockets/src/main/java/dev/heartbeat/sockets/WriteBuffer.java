package dev.heartbeat.sockets;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The buffer for what one connection of the loop is writing at this moment. Small frames are
 * encoded straight into memory that all connections of the loop share, so that an idle one holds
 * none; small pieces that it was given are copied to them, and large ones come between them where
 * they were written.
 *
 * <pre>
 *   shared memory  | frame, small piece | frame | frame |  free ...
 *                  | stretch                    | stretch
 *   segments       [ stretch, a large piece, stretch ]
 * </pre>
 *
 * <p>It has one writer at a time. Before another begins, it is given to the socket of the one
 * before, and what that does not take is copied.
 */
final class WriteBuffer {

    /** The largest {@link SocketConnection#reserve}. */
    static final int CAPACITY = 64 * 1024;

    /**
     * Enough for a turn's worth of fragments, each with its header; a flush in between does no
     * harm.
     */
    private static final int STRETCHES = 64;

    /**
     * The largest piece that is copied. Alone it would cost two more elements of a gathering write,
     * and a view. Measured by {@code CopyOrGatherBenchmark} (OpenJDK 17, Linux 6.18, EPYC), copying
     * instead saves 60 to 130 ns for each piece of 64 bytes to 4 KiB of direct memory, and 80 to
     * 300 ns of heap memory, which the JDK copies in any case, into memory it has to look for.
     * Beyond, that is little of what the write takes, and a piece that has to wait for a full
     * socket would be copied twice.
     */
    static final int LARGEST_COPIED = 4 * 1024;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(CAPACITY);
    private final List<ByteBuffer> stretches = new ArrayList<>();
    private final Segments segments;
    private @Nullable SocketConnection writer;
    private int closedStretches;
    private int stretchStart;
    private int counted;
    private boolean stretchHasGiven;

    WriteBuffer(Backlogs backlogs) {
        segments = new Segments(backlogs);
    }

    /** Room for a frame of this writer, after what it wrote before. */
    ByteBuffer reserve(SocketConnection next, int bytes) {
        begin(next, bytes);
        // The order is set each time: whoever wrote before may have left any.
        return memory.limit(memory.position() + bytes).order(ByteOrder.BIG_ENDIAN);
    }

    /** Queues a piece of a buffer whose writer wants to hear when it has left. */
    void add(SocketConnection next, ByteBuffer content, int index, int length) {
        if (length <= LARGEST_COPIED) {
            copy(next, content, index, length);
        } else {
            lend(next, content.slice(index, length));
        }
    }

    private void copy(SocketConnection next, ByteBuffer content, int index, int length) {
        begin(next, length);
        int at = memory.position();
        memory.limit(at + length).put(at, content, index, length).position(at + length);
        stretchHasGiven = true;
    }

    private void lend(SocketConnection next, ByteBuffer piece) {
        begin(next, 0);
        closeStretch();
        next.addQueued(piece.remaining());
        segments.addLent(piece);
    }

    /** Sends it off, if it is this writer's. */
    void finish(SocketConnection of) {
        if (writer == of) {
            finish();
        }
    }

    /**
     * Lets the writer count what it has put into the buffer it reserved: only now is it known how
     * much that is.
     */
    void count() {
        if (writer != null) {
            writer.addQueued(memory.position() - counted);
            counted = memory.position();
        }
    }

    private void begin(SocketConnection next, int bytes) {
        if (writer != next || !hasRoom(bytes)) {
            finish();
        }
        writer = next;
    }

    private boolean hasRoom(int bytes) {
        return CAPACITY - memory.position() >= bytes && closedStretches < STRETCHES;
    }

    private void finish() {
        if (writer != null) {
            count();
            closeStretch();
            writer.send(segments);
            clear();
        }
    }

    private void clear() {
        writer = null;
        segments.clear();
        memory.clear();
        closedStretches = 0;
        stretchStart = 0;
        counted = 0;
        stretchHasGiven = false;
    }

    private void closeStretch() {
        int end = memory.position();
        if (end > stretchStart) {
            segments.addOwn(nextStretch().limit(end).position(stretchStart), stretchHasGiven);
            stretchStart = end;
            stretchHasGiven = false;
        }
    }

    /** A view of the memory. They are kept, so that a frame costs no garbage. */
    private ByteBuffer nextStretch() {
        if (closedStretches == stretches.size()) {
            stretches.add(memory.duplicate());
        }
        return stretches.get(closedStretches++).clear();
    }
}
