package dev.heartbeat.internal.frame;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/** A connection that keeps what an encoder writes. */
final class Written implements Connection {
    private final ByteBuffer all = ByteBuffer.allocate(64 * 1024);

    static byte[] by(Consumer<FrameEncoder> writes) {
        Written written = new Written();
        writes.accept(new FrameEncoder(written));
        return Arrays.copyOf(written.all.array(), written.all.position());
    }

    @Override
    public ByteBuffer reserve(int bytes) {
        if (bytes < 1 || bytes > 65_536) {
            throw new AssertionError("reserved " + bytes);
        }
        return all;
    }

    @Override
    public void write(ByteBuffer content, int index, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void flush() {
        throw new UnsupportedOperationException();
    }

    @Override
    public EventLoop eventLoop() {
        throw new UnsupportedOperationException();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long queuedBytes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long flushedBytes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isWritable() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void pauseReading() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resumeReading() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdownOutput() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void abort() {
        throw new UnsupportedOperationException();
    }
}
