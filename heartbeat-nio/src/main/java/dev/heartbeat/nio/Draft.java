package dev.heartbeat.nio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one connection of the loop is writing at this moment. Small frames are encoded straight into memory that all
 * connections of the loop share, so that an idle one holds none; buffers of the application come between them where
 * they were written.
 *
 * <pre>
 *   shared memory  | frame | frame | frame |  free ...
 *                  | stretch       | stretch
 *   segments       [ stretch, a given buffer, stretch ]
 * </pre>
 *
 * <p>It has one writer at a time. Before another begins, it is given to the socket of the one before, and what that
 * does not take is copied.
 */
final class Draft {

    /** The largest {@link NioConnection#reserve}. */
    static final int CAPACITY = 64 * 1024;

    /** Enough for a turn's worth of fragments, each with its header; a flush in between does no harm. */
    private static final int STRETCHES = 64;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(CAPACITY);
    private final List<ByteBuffer> stretches = new ArrayList<>();
    private final Segments segments = new Segments();
    private @Nullable NioConnection writer;
    private int closedStretches;
    private int stretchStart;
    private int counted;

    /** Room for a frame of this writer, after what it wrote before. */
    ByteBuffer reserve(NioConnection next, int bytes) {
        begin(next, bytes);
        // The order is set each time: whoever wrote before may have left any.
        return memory.limit(memory.position() + bytes).order(ByteOrder.BIG_ENDIAN);
    }

    void add(NioConnection next, ByteBuffer given) {
        begin(next, 0);
        closeStretch();
        segments.addGiven(given);
    }

    /** Sends it off, if it is this writer's. */
    void finish(NioConnection of) {
        if (writer == of) {
            finish();
        }
    }

    /** Lets the writer count what it has put into the buffer it reserved: only now is it known how much that is. */
    void count() {
        if (writer != null) {
            writer.addQueued(memory.position() - counted);
            counted = memory.position();
        }
    }

    private void begin(NioConnection next, int bytes) {
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
    }

    private void closeStretch() {
        int end = memory.position();
        if (end > stretchStart) {
            segments.addOwn(nextStretch().limit(end).position(stretchStart));
            stretchStart = end;
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
