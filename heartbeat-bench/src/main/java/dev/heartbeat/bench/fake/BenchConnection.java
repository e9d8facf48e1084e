package dev.heartbeat.bench.fake;

import dev.heartbeat.fake.FakeConnection;
import java.nio.ByteBuffer;

/**
 * A connection whose socket takes everything and sends it nowhere. Written bytes are copied into
 * memory that all connections of the loop share, as {@code heartbeat-nio} does with small pieces;
 * so one is written and flushed before the next is written.
 */
public final class BenchConnection extends FakeConnection {
    static final int CAPACITY = 64 * 1024;

    private final ByteBuffer memory;
    private long flushed;

    public BenchConnection(BenchLoop loop) {
        super(loop);
        memory = loop.memory;
    }

    /** The memory where what was written and not flushed lies, before its position. */
    public ByteBuffer written() {
        return memory;
    }

    /** A copy of what was written and not flushed, from position 0 on; then it is flushed. */
    public ByteBuffer takeWritten() {
        ByteBuffer copy = ByteBuffer.allocateDirect(memory.position());
        copy.put(memory.flip()).flip();
        memory.position(memory.limit());
        flush();
        return copy;
    }

    @Override
    public ByteBuffer reserve(int bytes) {
        makeRoom(bytes);
        return memory.limit(memory.position() + bytes);
    }

    @Override
    public void write(ByteBuffer content, int index, int length) {
        makeRoom(length);
        int at = memory.position();
        memory.limit(at + length).put(at, content, index, length).position(at + length);
    }

    private void makeRoom(int bytes) {
        if (CAPACITY - memory.position() < bytes) {
            flush();
        }
    }

    @Override
    public void flush() {
        flushed += memory.position();
        memory.clear();
    }

    @Override
    public long queuedBytes() {
        return flushed + memory.position();
    }

    @Override
    public long flushedBytes() {
        return flushed;
    }
}
