package dev.heartbeat.sockets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;

/**
 * Bytes on their way to a socket: buffers in the order they were queued, gone as soon as the socket
 * has taken them. Each is either <em>lent</em> by whoever wrote it and to be given back, or the
 * transport's own, which may contain copies of what was given to it.
 *
 * <pre>
 *   buffers   | taken ...  | half taken | whole | whole |  free ...
 *                            ^ head                       ^ tail
 * </pre>
 */
final class Segments {

    /**
     * The size that a socket with the default SO_SNDBUF holds, as the kernel doubles it: more in
     * one write would gain nothing.
     */
    private static final int BYTES_PER_WRITE = 128 * 1024;

    private static final int BUFFERS_PER_WRITE = 64;

    /** The placeholder of a buffer that is gone, lest the array keep its memory. */
    private static final ByteBuffer TAKEN = ByteBuffer.allocate(0);

    /** Shared memory of the transport's own: to be copied before it is used again. */
    private static final byte OWN = 0;

    /** A lent buffer's content stays as it is until it was taken. */
    private static final byte LENT = 1;

    /** Somebody waits to hear that it was taken. */
    private static final byte GIVEN = 1 << 1;

    /** Copies, in memory of the loop's {@link Backlogs}. */
    private static final byte COPY = 1 << 2;

    private final Backlogs backlogs;
    private ByteBuffer[] buffers = new ByteBuffer[8];
    private byte[] kinds = new byte[8];
    private int head;
    private int tail;
    private boolean gaveBack;

    Segments(Backlogs backlogs) {
        this.backlogs = backlogs;
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** Whether it is worth keeping for the next connection that needs one. */
    boolean isSmall() {
        return buffers.length <= BUFFERS_PER_WRITE;
    }

    /**
     * @param hasGiven whether copies of what was given are in it
     */
    void addOwn(ByteBuffer buffer, boolean hasGiven) {
        add(buffer, hasGiven ? GIVEN : OWN);
    }

    void addLent(ByteBuffer buffer) {
        add(buffer, LENT | GIVEN);
    }

    /**
     * Moves everything to another, with copies of what is the transport's own, whose memory will be
     * used again.
     */
    void moveTo(Segments other) {
        for (int i = head; i < tail; i++) {
            if (is(i, LENT)) {
                other.addLent(buffers[i]);
            } else {
                other.addCopies(buffers[i], kinds[i] & GIVEN);
            }
        }
        clear();
    }

    void clear() {
        for (int i = head; i < tail; i++) {
            release(i);
        }
        head = 0;
        tail = 0;
        gaveBack = false;
    }

    /**
     * Writes until everything is taken or the socket is full.
     *
     * @return how many bytes it took
     */
    long writeTo(GatheringByteChannel socket) throws IOException {
        long total = 0;
        boolean full = false;
        dropTaken();
        while (!full && !isEmpty()) {
            int end = endOfWrite();
            long offered = offered(end);
            long taken = write(socket, end, offered - BYTES_PER_WRITE);
            full = taken < Math.min(offered, BYTES_PER_WRITE);
            total += taken;
            dropTaken();
        }
        gaveBack |= total > 0 && isPartlyGiven();
        return total;
    }

    /**
     * Whether what comes next consists of several pieces, the first of which may have been taken.
     */
    private boolean isPartlyGiven() {
        return !isEmpty() && is(head, GIVEN) && !is(head, LENT);
    }

    /**
     * Whether something given may have been wholly taken since this was last asked; never missed,
     * and certain of what was lent.
     */
    boolean gaveBack() {
        boolean result = gaveBack;
        gaveBack = false;
        return result;
    }

    /**
     * One write of the buffers before {@code end}, the last of them without its {@code excess}
     * bytes.
     */
    private long write(GatheringByteChannel socket, int end, long excess) throws IOException {
        ByteBuffer last = buffers[end - 1];
        int limit = last.limit();
        last.limit(limit - (int) Math.max(0, excess));
        try {
            return end - head == 1 ? socket.write(last) : socket.write(buffers, head, end - head);
        } finally {
            last.limit(limit);
        }
    }

    private int endOfWrite() {
        int most = Math.min(tail, head + BUFFERS_PER_WRITE);
        int end = head;
        for (long bytes = 0; end < most && bytes < BYTES_PER_WRITE; end++) {
            bytes += buffers[end].remaining();
        }
        return end;
    }

    private long offered(int end) {
        long bytes = 0;
        for (int i = head; i < end; i++) {
            bytes += buffers[i].remaining();
        }
        return bytes;
    }

    private void dropTaken() {
        while (head < tail && !buffers[head].hasRemaining()) {
            gaveBack |= is(head, GIVEN);
            release(head++);
        }
        if (head == tail) {
            head = 0;
            tail = 0;
        }
    }

    private void release(int index) {
        if (is(index, COPY)) {
            backlogs.giveBack(buffers[index]);
        }
        buffers[index] = TAKEN;
    }

    private boolean is(int index, byte kind) {
        return (kinds[index] & kind) != 0;
    }

    private void add(ByteBuffer buffer, int kind) {
        if (tail == buffers.length) {
            makeRoom();
        }
        buffers[tail] = buffer;
        kinds[tail++] = (byte) kind;
    }

    private void makeRoom() {
        int count = tail - head;
        // Shifting only when half is free keeps it to a constant cost for each buffer.
        int capacity = head >= buffers.length / 2 ? buffers.length : 2 * buffers.length;
        buffers = Arrays.copyOf(Arrays.copyOfRange(buffers, head, tail), capacity);
        kinds = Arrays.copyOf(Arrays.copyOfRange(kinds, head, tail), capacity);
        head = 0;
        tail = count;
    }

    /**
     * Small copies share a buffer, lest a slow peer cost an object for each frame; a large stretch
     * may take several.
     */
    private void addCopies(ByteBuffer buffer, int given) {
        for (int left = buffer.remaining(); left > 0; left = buffer.remaining()) {
            addCopy(buffer, Math.min(left, Backlogs.CHUNK_BYTES), given);
        }
    }

    private void addCopy(ByteBuffer buffer, int bytes, int given) {
        if (!lastCopyHasRoom(bytes)) {
            add(backlogs.take(bytes), COPY);
        }
        ByteBuffer copy = buffers[tail - 1];
        int end = copy.limit();
        copy.limit(end + bytes).put(end, buffer, buffer.position(), bytes);
        buffer.position(buffer.position() + bytes);
        kinds[tail - 1] |= (byte) given;
    }

    private boolean lastCopyHasRoom(int bytes) {
        if (isEmpty() || !is(tail - 1, COPY)) {
            return false;
        }
        ByteBuffer last = buffers[tail - 1];
        return last.capacity() - last.limit() >= bytes;
    }
}
