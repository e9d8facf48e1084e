package dev.heartbeat.testkit;

import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/** The sheet that an encoder writes on, when the frames are wanted as bytes and go nowhere yet. */
final class FrameSheet implements Connection {
    private ByteBuffer written = ByteBuffer.allocate(0);

    private FrameSheet() {}

    /** The bytes of the frame, and of the message that follows it. */
    static byte[] bytesOf(Consumer<FrameEncoder> frame, byte... message) {
        FrameSheet sheet = new FrameSheet();
        frame.accept(new FrameEncoder(sheet));
        sheet.write(ByteBuffer.wrap(message), 0, message.length);
        return sheet.bytes();
    }

    private byte[] bytes() {
        return Arrays.copyOf(written.array(), written.position());
    }

    @Override
    public ByteBuffer reserve(int bytes) {
        written = ByteBuffer.allocate(written.position() + bytes).put(written.flip());
        return written;
    }

    @Override
    public void write(ByteBuffer content, int index, int length) {
        reserve(length).put(content.slice(index, length));
    }

    @Override
    public void flush() {
        // It has left when it is asked for.
    }

    @Override
    public long queuedBytes() {
        return written.position();
    }

    @Override
    public long flushedBytes() {
        return written.position();
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public EventLoop eventLoop() {
        throw isNone();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        throw isNone();
    }

    @Override
    public void pauseReading() {
        throw isNone();
    }

    @Override
    public void resumeReading() {
        throw isNone();
    }

    @Override
    public void shutdownOutput() {
        throw isNone();
    }

    @Override
    public void close() {
        throw isNone();
    }

    @Override
    public void abort() {
        throw isNone();
    }

    private static UnsupportedOperationException isNone() {
        return new UnsupportedOperationException("a frame sheet only takes bytes");
    }
}
