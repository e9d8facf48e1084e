package dev.heartbeat.spi;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.util.List;

/**
 * An ordered stream of bytes in each direction. Confined to one event loop: every method is called
 * on the loop's thread only, except {@link #eventLoop()}, {@link #remoteAddress()} and
 * {@link Object#toString()}.
 *
 * <p><b>Writing.</b> {@link #reserve} and {@link #write} queue bytes in the order of the calls,
 * {@link #flush} gives them to the socket. Bytes that the socket does not take are kept and written
 * when it can; {@link #pendingBytes()} counts them. A transport never refuses a write: whoever
 * writes looks at {@link #isWritable()} first and stops there. Writes after the connection closed,
 * or after {@link #shutdownOutput()}, are discarded without error.
 *
 * @since 0.1
 */
public interface Connection {

    /** {@return the loop that owns it} */
    EventLoop eventLoop();

    /** {@return the peer's address} */
    InetSocketAddress remoteAddress();

    /**
     * Room for a small frame, to be filled at once: returns a big-endian buffer in which
     * {@code bytes} can be written from its position on. The bytes before the position afterwards
     * are queued. The buffer belongs to the transport, may be shared by all connections of the
     * loop, and must not be touched after the next call of any method of any connection; the
     * transport copies its content only when the socket is full.
     *
     * @param bytes 1 to 65,536
     * @return a big-endian buffer with room from its position on
     */
    ByteBuffer reserve(int bytes);

    /**
     * Queues {@code length} bytes of a buffer, from its absolute {@code index} on. Its position is
     * not looked at and its limit only bounds what can be queued, as for every absolute access;
     * neither is changed. So one buffer may be queued on many connections, of several loops, at the
     * same time.
     *
     * <p>The bytes must not change until {@link ConnectionHandler#onFlushed} gives them back or
     * {@link ConnectionHandler#onClosed} ends it all. Large pieces are not copied; small ones are
     * where it is cheaper, which gives them back no earlier. Nothing is queued, and nothing
     * reported, if {@code length} is 0.
     *
     * @throws IndexOutOfBoundsException if not all of these bytes lie before the buffer's limit;
     *     then nothing is queued
     */
    void write(ByteBuffer content, int index, int length);

    /**
     * Gives what is queued to the socket, in one gathering write where it can. Cheap when there is
     * nothing to do.
     */
    void flush();

    /** {@return all bytes ever queued} Grows only. */
    long queuedBytes();

    /**
     * {@return all bytes ever taken by the socket} Grows only; never more than
     * {@link #queuedBytes()}.
     */
    long flushedBytes();

    /**
     * {@return a number that has grown whenever bytes of this side got on: were taken by the socket
     * or, where the transport can know it, acknowledged by the peer} A slow link may empty a large
     * socket buffer for a long time before that takes more. Means nothing but by comparison with an
     * earlier one. May cost a system call, so it is not for every write.
     */
    default long progress() {
        return flushedBytes();
    }

    /** {@return queued and not yet taken by the socket} */
    default long pendingBytes() {
        return queuedBytes() - flushedBytes();
    }

    /**
     * False from the moment {@link #pendingBytes()} passes the high water mark until it has fallen
     * to the low one, when {@link ConnectionHandler#onWritable} is called; and false once it is
     * closed.
     *
     * @return whether it is writable
     */
    boolean isWritable();

    /**
     * Stops {@link ConnectionHandler#onRead} until {@link #resumeReading()}. The peer is pushed
     * back by TCP. Idempotent.
     */
    void pauseReading();

    /** Undoes {@link #pauseReading()}. Idempotent. */
    void resumeReading();

    /**
     * Flushes, and sends the end of the stream once the socket has taken all of it; reading goes
     * on. Whoever calls it sees to it that the connection is closed in the end, since the peer need
     * not answer. Idempotent.
     */
    void shutdownOutput();

    /**
     * Closes now; what is not flushed is lost. {@link ConnectionHandler#onClosed} follows after
     * this call has returned, and no other event. Idempotent.
     */
    void close();

    /**
     * Like {@link #close()}, but the peer sees a reset and the kernel keeps nothing of the
     * connection.
     */
    void abort();

    /** {@return the certificates the peer proved itself with, its own first; empty without TLS} */
    default List<Certificate> peerCertificates() {
        return List.of();
    }
}
