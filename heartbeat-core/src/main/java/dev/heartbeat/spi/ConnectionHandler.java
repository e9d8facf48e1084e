package dev.heartbeat.spi;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens to one connection. All methods are called on the connection's event loop,
 * never concurrently and never from within a call to the connection; they must not block. A handler
 * that throws loses its connection, which is aborted, and nothing else; the exception is the cause
 * passed to {@link #onClosed}.
 *
 * @since 0.1
 */
public interface ConnectionHandler {

    /**
     * Bytes came. The buffer is big-endian, holds at least one byte, is valid until this call
     * returns and is to be consumed wholly: what is left in it is lost. It may be read-only and may
     * be direct.
     */
    void onRead(ByteBuffer bytes);

    /** {@link Connection#isWritable()} turned true again. */
    void onWritable();

    /**
     * The socket has taken everything queued up to {@code total}, which is
     * {@link Connection#flushedBytes()}; every piece given to {@link Connection#write} that ends
     * there or before belongs to its writer again. Called in the turn in which such a piece was
     * wholly taken or soon after, perhaps once for several; and when the last of what had to wait
     * for a full socket was taken. Not called for reserved bytes that left at once.
     */
    void onFlushed(long total);

    /**
     * The last call: the connection is closed, whoever did it. Everything written belongs to its
     * writer again.
     *
     * @param cause why, where it was an error of the socket or of this handler; null where this
     *     side closed it or the peer ended the stream
     */
    void onClosed(@Nullable Throwable cause);
}
