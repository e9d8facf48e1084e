package dev.heartbeat.fake;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket. A test reads off the written bytes, and gives the bytes to be
 * read. The connection takes all bytes at once; another kind overrides {@link #queue}.
 */
public class FakeConnection implements Connection {
    /** The address of the other side. */
    public static final InetSocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    /** The place of the type and of the payload's length in the header of a frame. */
    private static final int TYPE_OFFSET = 2;

    private static final int LENGTH_OFFSET = 8;

    private final EventLoop loop;
    private @Nullable ConnectionHandler handler;
    private @Nullable ByteArrayOutputStream written;
    private @Nullable ByteBuffer reserved;
    private boolean writable = true;
    private boolean ended;
    private long queued;

    public FakeConnection(EventLoop loop) {
        this.loop = loop;
    }

    // ---- what a test does

    void handledBy(ConnectionHandler newHandler) {
        handler = newHandler;
    }

    /** The handler of the side that a test looks at. */
    public ConnectionHandler handler() {
        return requireNonNull(handler);
    }

    /** Whether its socket takes anything. */
    public void writable(boolean value) {
        writable = value;
    }

    /** Whether its side has ended or closed it, so that nothing follows. */
    public boolean isEnded() {
        return ended;
    }

    /** Everything that was written since the last call. */
    public ByteBuffer readOff() {
        take();
        if (written == null) {
            return ByteBuffer.allocate(0);
        }
        ByteBuffer all = ByteBuffer.wrap(written.toByteArray());
        written.reset();
        return all;
    }

    /** The number of frames of a type among what was written and not read off. */
    public int frames(int type) {
        take();
        ByteBuffer all = ByteBuffer.wrap(written == null ? new byte[0] : written.toByteArray());
        int count = 0;
        for (int at = 0; at < all.limit(); at += FrameHeader.SIZE + all.getInt(at + LENGTH_OFFSET)) {
            count += all.get(at + TYPE_OFFSET) == type ? 1 : 0;
        }
        return count;
    }

    // ---- what was written

    /** The reserved bytes are filled by now, and follow those written before. */
    protected final void take() {
        ByteBuffer filled = reserved;
        if (filled != null) {
            reserved = null;
            queue(filled.flip(), true);
        }
    }

    /**
     * More bytes are written, which stay as they are until they are flushed.
     *
     * @param isFrame whether they were reserved, and so begin with the header of a frame
     */
    protected void queue(ByteBuffer bytes, boolean isFrame) {
        if (ended) {
            return;
        }
        if (written == null) {
            written = new ByteArrayOutputStream();
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        queued += copy.length;
        written.writeBytes(copy);
    }

    /** The type of the frame that the bytes begin with. */
    protected static int typeOf(ByteBuffer frame) {
        return frame.get(frame.position() + TYPE_OFFSET);
    }

    // ---- the connection

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return NOWHERE;
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
        queue(content.slice(index, length), false);
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
