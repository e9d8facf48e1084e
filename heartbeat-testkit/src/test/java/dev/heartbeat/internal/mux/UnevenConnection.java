package dev.heartbeat.internal.mux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.fake.FakeConnection;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.FrameType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Random;

/**
 * One side's half of a connection whose socket takes any part, and whose bytes arrive in pieces.
 * Queued bytes are read when the socket takes them, not before, so a buffer that is given back too
 * early is noticed.
 */
final class UnevenConnection extends FakeConnection {
    private static final int DATA = 0x03;
    static final long FULL_FRAME = FrameHeader.SIZE + FrameType.MAX_DATA_PAYLOAD;

    private final Random random;
    /** The largest amount in socket and network. */
    private final int capacity;

    private final int highWater;
    private final ArrayDeque<Piece> pending = new ArrayDeque<>();
    private long queued;
    private long flushed;
    private long pendingData;
    private long mostDataAhead;
    private boolean full;
    private boolean open = true;

    private final ByteArrayOutputStream travelling = new ByteArrayOutputStream();

    private record Piece(ByteBuffer bytes, boolean isData) {}

    UnevenConnection(Random random, int capacity, int highWater) {
        super(FakeLoop.still());
        this.random = random;
        this.capacity = capacity;
        this.highWater = highWater;
    }

    /**
     * The most bytes of DATA that waited in this process when a frame of another kind was written.
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

    @Override
    protected void queue(ByteBuffer bytes, boolean isFrame) {
        assertThat(bytes.remaining()).isPositive();
        boolean isData = !isFrame || typeOf(bytes) == DATA;
        if (!isData) {
            mostDataAhead = Math.max(mostDataAhead, pendingData);
        }
        if (open) {
            queued += bytes.remaining();
            pendingData += isData ? bytes.remaining() : 0;
            pending.add(new Piece(bytes, isData));
        }
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
}
