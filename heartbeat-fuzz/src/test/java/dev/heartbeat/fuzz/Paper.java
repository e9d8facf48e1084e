package dev.heartbeat.fuzz;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A connection without a socket: what is written on it can be read off. */
final class Paper implements Connection {
    private static final int ROOM = 1 << 20;

    private final ByteBuffer written = ByteBuffer.allocate(ROOM);
    private @Nullable ByteBuffer reserved;
    private boolean writable = true;
    private long queued;

    void writable(boolean value) {
        writable = value;
    }

    /** Everything since the last call. */
    ByteBuffer readOff() {
        take();
        ByteBuffer all = ByteBuffer.allocate(written.position()).put(written.flip());
        written.clear();
        return all.flip();
    }

    private void take() {
        if (reserved != null) {
            ByteBuffer filled = reserved;
            reserved = null;
            add(filled.flip());
        }
    }

    private void add(ByteBuffer bytes) {
        queued += bytes.remaining();
        written.put(bytes);
    }

    @Override
    public EventLoop eventLoop() {
        throw new UnsupportedOperationException("there is none");
    }

    @Override
    public InetSocketAddress remoteAddress() {
        throw new UnsupportedOperationException("there is none");
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
        add(content.slice(index, length));
    }

    @Override
    public void flush() {
        take();
    }

    @Override
    public long queuedBytes() {
        take();
        return queued;
    }

    @Override
    public long flushedBytes() {
        take();
        return queued;
    }

    @Override
    public boolean isWritable() {
        return writable;
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
