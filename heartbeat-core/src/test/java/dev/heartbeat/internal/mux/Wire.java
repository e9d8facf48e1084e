package dev.heartbeat.internal.mux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.EventLoop;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One side's half of a connection whose socket takes what it likes, and whose bytes arrive in
 * pieces. What is queued is read when the socket takes it, not before: whoever gives a buffer back
 * too early is found out.
 */
final class Wire implements Connection {
    private static final int TYPE_OFFSET = 2;
    private static final int DATA = 0x03;
    static final long FULL_FRAME = FrameHeader.SIZE + FrameType.MAX_DATA_PAYLOAD;

    private final Random random;
    /** What the socket and the network hold at the most. */
    private final int capacity;

    private final int highWater;
    private final ArrayDeque<Piece> pending = new ArrayDeque<>();
    private @Nullable ByteBuffer reserved;
    private long queued;
    private long flushed;
    private long pendingData;
    private long mostDataAhead;
    private boolean full;
    private boolean open = true;

    private final ByteArrayOutputStream travelling = new ByteArrayOutputStream();

    private record Piece(ByteBuffer bytes, boolean isData) {}

    Wire(Random random, int capacity, int highWater) {
        this.random = random;
        this.capacity = capacity;
        this.highWater = highWater;
    }

    /**
     * How many bytes of DATA waited in this process, at the most, when a frame of another kind was
     * written.
     */
    long mostDataAhead() {
        return mostDataAhead;
    }

    boolean isEmpty() {
        return pendingBytes() == 0 && travelling.size() == 0;
    }

    void lose() {
        open = false;
        travelling.reset();
    }

    /** The next bytes that the other side reads; none if none have come. */
    ByteBuffer arrive() {
        byte[] all = travelling.toByteArray();
        int count = all.length == 0 || random.nextInt(3) == 0 ? all.length : 1 + random.nextInt(all.length);
        if (all.length > 0 && random.nextInt(8) == 0) {
            count = Math.min(all.length, 1 + random.nextInt(30)); // Within a header.
        }
        travelling.reset();
        travelling.write(all, count, all.length - count);
        return ByteBuffer.wrap(all, 0, count).slice();
    }

    private void take() {
        ByteBuffer filled = reserved;
        if (filled == null) {
            return;
        }
        reserved = null;
        boolean isData = filled.get(TYPE_OFFSET) == DATA;
        if (!isData) {
            mostDataAhead = Math.max(mostDataAhead, pendingData);
        }
        add(filled.flip(), isData);
    }

    private void add(ByteBuffer bytes, boolean isData) {
        if (!open || !bytes.hasRemaining()) {
            return;
        }
        queued += bytes.remaining();
        pendingData += isData ? bytes.remaining() : 0;
        pending.add(new Piece(bytes, isData));
    }

    @Override
    public EventLoop eventLoop() {
        throw new UnsupportedOperationException("turned by hand");
    }

    @Override
    public InetSocketAddress remoteAddress() {
        throw new UnsupportedOperationException("nowhere");
    }

    @Override
    public ByteBuffer reserve(int bytes) {
        take();
        ByteBuffer room = ByteBuffer.allocate(bytes);
        reserved = room;
        return room;
    }

    @Override
    public void write(ByteBuffer content, int index, int length) {
        take();
        assertThat(length).isPositive();
        add(content.slice(index, length), true);
    }

    @Override
    public void flush() {
        take();
        while (open && !pending.isEmpty() && travelling.size() < capacity) {
            Piece first = pending.element();
            int count = Math.min(first.bytes().remaining(), capacity - travelling.size());
            byte[] taken = new byte[random.nextInt(6) == 0 ? 1 + random.nextInt(count) : count];
            first.bytes().get(taken);
            travelling.writeBytes(taken);
            flushed += taken.length;
            pendingData -= first.isData() ? taken.length : 0;
            if (!first.bytes().hasRemaining()) {
                pending.remove();
            } else if (random.nextBoolean()) {
                return; // The socket takes no more just now.
            }
        }
    }

    @Override
    public long queuedBytes() {
        take();
        return queued;
    }

    @Override
    public long flushedBytes() {
        return flushed;
    }

    @Override
    public boolean isWritable() {
        long waiting = pendingBytes();
        full = full ? waiting > highWater / 2 : waiting > highWater;
        return open && !full;
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}

    @Override
    public void shutdownOutput() {}

    @Override
    public void close() {}

    @Override
    public void abort() {}
}
