package dev.heartbeat.tls;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The plaintext that one connection of the loop is writing at this moment. All connections of the
 * loop share its memory, so an idle one holds none. Small frames and pieces gather here and leave in
 * one record; large pieces are encrypted from where they are.
 *
 * <p>It has one writer at a time. Before another begins, what the one before wrote is encrypted.
 */
final class RecordBuffer {
    /** The largest {@link TlsConnection#reserve}. */
    static final int CAPACITY = 64 * 1024;

    /** The most plaintext that a record holds. */
    static final int RECORD = 16 * 1024;

    private final ByteBuffer memory;
    private final ByteBuffer view;
    private @Nullable TlsConnection writer;
    private int counted;

    /**
     * An empty one.
     *
     * @param memory of {@link #CAPACITY}
     */
    RecordBuffer(ByteBuffer memory) {
        this.memory = memory;
        view = memory.duplicate();
    }

    /** Room for a frame of this writer, after what it wrote before. */
    ByteBuffer reserve(TlsConnection next, int bytes) {
        begin(next, bytes);
        // The order is set each time: whoever wrote before may have left any.
        return memory.limit(memory.position() + bytes).order(ByteOrder.BIG_ENDIAN);
    }

    /** Queues a piece of a buffer whose writer wants to hear when it has left. */
    void add(TlsConnection next, ByteBuffer content, int index, int length) {
        if (length < RECORD) {
            begin(next, length);
            int at = memory.position();
            memory.limit(at + length).put(at, content, index, length).position(at + length);
            count();
        } else {
            finish(next);
            next.addQueued(length);
            next.encrypt(content.slice(index, length));
        }
    }

    /** Encrypts what this writer has written, if that fills a record. */
    void finishIfFull(TlsConnection of) {
        if (writer == of && memory.position() >= RECORD) {
            finish();
        }
    }

    /** Encrypts what this writer has written. */
    void finish(TlsConnection of) {
        if (writer == of) {
            finish();
        }
    }

    /** Forgets what this writer has written; it stays counted. */
    void discard(TlsConnection of) {
        if (writer == of) {
            count();
            clear();
        }
    }

    /** Lets the writer count what it has put into the buffer it reserved: only now is it known. */
    void count() {
        if (writer != null) {
            writer.addQueued(memory.position() - counted);
            counted = memory.position();
        }
    }

    private void begin(TlsConnection next, int bytes) {
        if (writer != next || CAPACITY - memory.position() < bytes) {
            finish();
        }
        writer = next;
    }

    private void finish() {
        TlsConnection of = writer;
        if (of != null) {
            count();
            view.limit(memory.position()).position(0);
            clear();
            if (view.hasRemaining()) {
                of.encrypt(view);
            }
        }
    }

    private void clear() {
        writer = null;
        counted = 0;
        memory.clear();
    }
}
