package dev.heartbeat.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Ciphertext that a connection holds: a record that is not complete, or what came before reading was
 * paused. It grows with what arrived, never with what was announced, and is charged to the budget of
 * its layer. Confined to the loop, but for a handshake that runs elsewhere.
 */
final class HeldBytes {
    private static final int FIRST_CAPACITY = 512;

    private final HeldBudget budget;
    private @Nullable ByteBuffer bytes;

    HeldBytes(HeldBudget budget) {
        this.budget = budget;
    }

    boolean isEmpty() {
        return bytes == null;
    }

    /** What is held, to be read; none if nothing is. {@link #compact} follows. */
    ByteBuffer read() {
        return bytes == null ? TlsRecord.NOTHING : bytes.flip();
    }

    /** After reading: keeps what was not read. */
    void compact() {
        ByteBuffer present = bytes;
        if (present != null) {
            if (present.hasRemaining()) {
                present.compact();
            } else {
                release();
            }
        }
    }

    /** Whether what is held begins with a whole record. */
    boolean hasRecord() throws SSLException {
        ByteBuffer present = bytes;
        return present != null && TlsRecord.missing(present, present.position()) == 0;
    }

    /** Takes no more than completes the record that is held. */
    void complete(ByteBuffer from) throws SSLException {
        while (from.hasRemaining()) {
            int missing = bytes == null ? TlsRecord.HEADER : TlsRecord.missing(bytes, bytes.position());
            if (missing == 0) {
                return;
            }
            add(from, Math.min(missing, from.remaining()));
        }
    }

    /** Takes all. */
    void add(ByteBuffer from) throws SSLException {
        add(from, from.remaining());
    }

    private void add(ByteBuffer from, int count) throws SSLException {
        if (count > 0) {
            ByteBuffer room = room(count);
            room.put(room.position(), from, from.position(), count);
            room.position(room.position() + count);
            from.position(from.position() + count);
        }
    }

    private ByteBuffer room(int more) throws SSLException {
        ByteBuffer present = bytes;
        int held = present == null ? 0 : present.position();
        int capacity = present == null ? 0 : present.capacity();
        if (present != null && capacity - held >= more) {
            return present;
        }
        int grown = Math.max(held + more, Math.max(FIRST_CAPACITY, Math.min(2 * capacity, capacity + TlsRecord.MAX)));
        budget.take(grown - capacity);
        ByteBuffer larger = ByteBuffer.allocate(grown);
        if (present != null) {
            larger.put(present.flip());
        }
        bytes = larger;
        return larger;
    }

    /** Forgets all of it. */
    void release() {
        ByteBuffer present = bytes;
        if (present != null) {
            bytes = null;
            budget.giveBack(present.capacity());
        }
    }
}
