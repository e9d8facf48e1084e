package dev.heartbeat.races;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A connection whose socket takes everything; it counts the DATA frames. */
final class StubConnection implements Connection {
    private static final int TYPE_OFFSET = 2;
    private static final int DATA = 0x03;

    private final EventLoop loop;
    private @Nullable ConnectionHandler handler;
    private @Nullable ByteBuffer reserved;
    private long queued;
    private int dataFrames;

    StubConnection(EventLoop loop) {
        this.loop = loop;
    }

    void handledBy(ConnectionHandler newHandler) {
        handler = newHandler;
    }

    /** The peer has sent these bytes. */
    void receive(String hex) {
        requireNonNull(handler).onRead(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    /** The peer is gone. */
    void lose() {
        requireNonNull(handler).onClosed(null);
    }

    int dataFrames() {
        take();
        return dataFrames;
    }

    private void take() {
        if (reserved != null) {
            queued += reserved.position();
            if (reserved.get(TYPE_OFFSET) == DATA) {
                dataFrames++;
            }
            reserved = null;
        }
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return StubTransport.NOWHERE;
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
        queued += length;
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
        return true;
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
