package dev.heartbeat.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The room that a loop's connections encode small frames into. It belongs to one of them at a time;
 * its bytes are taken out before it is another's turn.
 */
final class Scratch {
    private static final int SIZE = 128 * 1024;

    private final ByteBuffer buffer = ByteBuffer.allocate(SIZE);
    private @Nullable SimConnection writer;

    /** Room for so many bytes, behind what the same writer has put there. */
    ByteBuffer reserve(SimConnection connection, int bytes) {
        if (writer != connection || buffer.remaining() < bytes) {
            commit();
            writer = connection;
        }
        return buffer.order(ByteOrder.BIG_ENDIAN);
    }

    /** The number of bytes that the connection has put there. */
    int bytesOf(SimConnection connection) {
        return writer == connection ? buffer.position() : 0;
    }

    /** Takes out what the connection has put there. */
    byte[] take() {
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        clear();
        return bytes;
    }

    /** Hands what is there to its writer, so that something else can be queued behind it. */
    void commit() {
        SimConnection last = writer;
        if (last != null) {
            last.addReserved(take());
        }
    }

    void clear() {
        buffer.clear();
        writer = null;
    }
}
