package dev.heartbeat.testkit;

import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a scripted peer: keeps what comes, in whole frames, until the script asks for it.
 * Safe for any thread.
 */
final class PeerConnection implements ConnectionHandler {
    private static final int LENGTH_OFFSET = 8;

    private enum End {
        OF_STREAM,
        RESET
    }

    private final Connection connection;
    private final Runnable onNews;

    private final Queue<HeardFrame> heard = new ArrayDeque<>();
    private ByteBuffer partial = ByteBuffer.allocate(0);
    private @Nullable String notAFrame;
    private @Nullable End end;

    PeerConnection(Connection connection, Runnable onNews) {
        this.connection = connection;
        this.onNews = onNews;
    }

    /** Lets the action happen on the connection's loop, after those before. */
    void act(Consumer<Connection> action) {
        connection.eventLoop().execute(() -> action.accept(connection));
    }

    void abandon() {
        if (!hasEnded()) {
            act(Connection::abort);
        }
    }

    private synchronized boolean hasEnded() {
        return end != null;
    }

    /** The next frame that came, which stays where it is; null if none is there. */
    synchronized @Nullable HeardFrame peek() {
        return heard.peek();
    }

    synchronized void drop() {
        heard.remove();
    }

    synchronized boolean isAtEndOfStream() {
        return end == End.OF_STREAM;
    }

    synchronized boolean isReset() {
        return end == End.RESET;
    }

    /** Anything else that came and that a script should know of; empty if nothing did. */
    synchronized String oddity() {
        if (notAFrame != null) {
            return "<< " + notAFrame;
        }
        return partial.hasRemaining() ? "<< " + partial.remaining() + " bytes of a frame that did not end" : "";
    }

    @Override
    public void onRead(ByteBuffer bytes) {
        collect(bytes);
        onNews.run();
    }

    private synchronized void collect(ByteBuffer bytes) {
        partial = ByteBuffer.allocate(partial.remaining() + bytes.remaining())
                .put(partial)
                .put(bytes)
                .flip();
        while (notAFrame == null && holdsFrame()) {
            byte[] frame = new byte[FrameHeader.SIZE + partial.getInt(partial.position() + LENGTH_OFFSET)];
            partial.get(frame);
            read(frame);
        }
    }

    private boolean holdsFrame() {
        if (partial.remaining() < FrameHeader.SIZE) {
            return false;
        }
        long length = Integer.toUnsignedLong(partial.getInt(partial.position() + LENGTH_OFFSET));
        return partial.remaining() - FrameHeader.SIZE >= length;
    }

    private void read(byte[] frame) {
        try {
            heard.add(HeardFrame.read(frame));
        } catch (ProtocolException e) {
            notAFrame = "what is not a frame: " + e.text();
        }
    }

    @Override
    public void onWritable() {
        // A script writes what it writes.
    }

    @Override
    public void onFlushed(long total) {
        // Its buffers are given away for good.
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
        synchronized (this) {
            end = cause == null ? End.OF_STREAM : End.RESET;
        }
        onNews.run();
    }
}
