package dev.heartbeat.fuzz;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.EventLoop;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A connection without a socket: what is written on it can be read off. */
final class Paper implements Connection {
    private final EventLoop loop;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private @Nullable ByteBuffer reserved;
    private boolean writable = true;
    private boolean ended;
    private long queued;

    Paper(EventLoop loop) {
        this.loop = loop;
    }

    void writable(boolean value) {
        writable = value;
    }

    /** Whether this side has said that nothing follows. */
    boolean isEnded() {
        return ended;
    }

    /** Everything since the last call. */
    ByteBuffer readOff() {
        take();
        ByteBuffer all = ByteBuffer.wrap(written.toByteArray());
        written.reset();
        return all;
    }

    private void take() {
        if (reserved != null) {
            ByteBuffer filled = reserved;
            reserved = null;
            add(filled.flip());
        }
    }

    private void add(ByteBuffer bytes) {
        if (ended) {
            return;
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        queued += copy.length;
        written.writeBytes(copy);
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return new InetSocketAddress(0);
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
    public void shutdownOutput() {
        take();
        ended = true;
    }

    @Override
    public void close() {
        ended = true;
    }

    @Override
    public void abort() {
        ended = true;
    }
}
