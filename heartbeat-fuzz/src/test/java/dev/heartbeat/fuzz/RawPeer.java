package dev.heartbeat.fuzz;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.FrameDecoder;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection that sends whatever bytes it is given, and reads what the other end
 * writes with the decoder.
 */
final class RawPeer implements Connector, ConnectionHandler {
    private final Transcript heard = new Transcript(Integer.MAX_VALUE);
    private final FrameDecoder decoder = new FrameDecoder();

    private @Nullable Connection connection;
    private boolean open;
    private @Nullable ProtocolException unreadable;
    private long bytesSent;
    private long bytesReceived;

    Transcript heard() {
        return heard;
    }

    boolean isOpen() {
        return open;
    }

    long bytesSent() {
        return bytesSent;
    }

    long bytesReceived() {
        return bytesReceived;
    }

    /** Why what the other end wrote does not parse, if it does not. */
    @Nullable
    ProtocolException unreadable() {
        return unreadable;
    }

    void send(byte[] bytes) {
        onLoop(connected -> {
            bytesSent += bytes.length;
            connected.write(ByteBuffer.wrap(bytes), 0, bytes.length);
            connected.flush();
        });
    }

    void close() {
        onLoop(Connection::close);
    }

    void abort() {
        onLoop(Connection::abort);
    }

    private void onLoop(Consumer<Connection> action) {
        if (open) {
            Connection connected = requireNonNull(connection);
            connected.eventLoop().execute(() -> action.accept(connected));
        }
    }

    @Override
    public ConnectionHandler onOpen(Connection opened) {
        connection = opened;
        open = true;
        return this;
    }

    @Override
    public void onConnectFailed(IOException cause) {
        throw new AssertionError("nothing refuses connections here", cause);
    }

    @Override
    public void onRead(ByteBuffer bytes) {
        bytesReceived += bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                decoder.decode(bytes, FrameType.Sender.BOTH, heard, BufferPool.NONE);
            }
        } catch (ProtocolException e) {
            unreadable = e;
        }
    }

    @Override
    public void onWritable() {}

    @Override
    public void onFlushed(long total) {}

    @Override
    public void onClosed(@Nullable Throwable cause) {
        open = false;
    }
}
