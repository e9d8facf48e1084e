package dev.heartbeat.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way to a socket: buffers in the order they were queued, gone as soon as the socket has taken them.
 * Each is either <em>given</em>, lent by whoever wrote it and to be given back, or the transport's own.
 *
 * <pre>
 *   buffers   | taken ...  | half taken | whole | whole |  free ...
 *                            ^ head                       ^ tail
 * </pre>
 */
final class Segments {

    /**
     * What a socket with the default SO_SNDBUF holds, as the kernel doubles it: more in one write would gain nothing.
     */
    private static final int BYTES_PER_WRITE = 128 * 1024;

    private static final int BUFFERS_PER_WRITE = 64;

    /** Small copies share a buffer of at least this size, lest a slow peer cost an object for each frame. */
    private static final int COPY_BYTES = 1024;

    /** In the place of a buffer that is gone, lest the array keep its memory. */
    private static final ByteBuffer TAKEN = ByteBuffer.allocate(0);

    private ByteBuffer[] buffers = new ByteBuffer[8];
    private boolean[] given = new boolean[8];
    private int head;
    private int tail;
    private boolean gaveBack;

    boolean isEmpty() {
        return head == tail;
    }

    void addOwn(ByteBuffer buffer) {
        add(buffer, false);
    }

    void addGiven(ByteBuffer buffer) {
        add(buffer, true);
    }

    /** Moves everything to another, with copies of what is the transport's own, whose memory will be used again. */
    void moveTo(Segments other) {
        for (; head < tail; head++) {
            ByteBuffer buffer = buffers[head];
            if (given[head]) {
                other.addGiven(buffer);
            } else {
                other.addCopy(buffer);
            }
        }
        clear();
    }

    void clear() {
        Arrays.fill(buffers, 0, tail, TAKEN);
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
        return total;
    }

    /** Whether a given buffer was wholly taken since this was last asked. */
    boolean gaveBack() {
        boolean result = gaveBack;
        gaveBack = false;
        return result;
    }

    /** One write of the buffers before {@code end}, the last of them without its {@code excess} bytes. */
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
            gaveBack |= given[head];
            buffers[head++] = TAKEN;
        }
        if (head == tail) {
            head = 0;
            tail = 0;
        }
    }

    private void add(ByteBuffer buffer, boolean isGiven) {
        if (tail == buffers.length) {
            makeRoom();
        }
        buffers[tail] = buffer;
        given[tail++] = isGiven;
    }

    private void makeRoom() {
        int count = tail - head;
        // Shifting only when half is free keeps it to a constant cost for each buffer.
        int capacity = head >= buffers.length / 2 ? buffers.length : 2 * buffers.length;
        buffers = Arrays.copyOf(Arrays.copyOfRange(buffers, head, tail), capacity);
        given = Arrays.copyOf(Arrays.copyOfRange(given, head, tail), capacity);
        head = 0;
        tail = count;
    }

    private void addCopy(ByteBuffer buffer) {
        int bytes = buffer.remaining();
        ByteBuffer copy = lastCopyWithRoom(bytes);
        if (copy == null) {
            copy = ByteBuffer.allocate(Math.max(bytes, COPY_BYTES)).limit(0);
            addOwn(copy);
        }
        int end = copy.limit();
        copy.limit(end + bytes);
        copy.put(end, buffer, buffer.position(), bytes);
    }

    private @Nullable ByteBuffer lastCopyWithRoom(int bytes) {
        if (isEmpty() || given[tail - 1]) {
            return null;
        }
        ByteBuffer last = buffers[tail - 1];
        return last.capacity() - last.limit() >= bytes ? last : null;
    }
}
