package dev.heartbeat.sockets;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket. Everything happens on its loop's thread. Events that a call makes due reach
 * the handler at the end of the turn, so that no handler is ever called from within a call to a
 * connection.
 *
 * <p>Queued bytes go through the loop's {@link WriteBuffer} while they are being written, and into
 * a backlog of this connection if the socket is full. An idle connection has neither: it is this
 * object of 56 bytes, and its socket. There may be a million, so think before adding a field.
 */
final class SocketConnection implements Connection, SocketUser {

    /** Bytes that take a system call as long as it takes to wake a thread. */
    private static final int LARGE_WRITE = 8 * 1024;

    /**
     * Times the loop's read buffer; then it is the others' turn, and a firehose waits for the next
     * poll.
     */
    private static final int READS_PER_TURN = 4;

    /** Closed; nothing but {@link ConnectionHandler#onClosed} may follow. */
    private static final int CLOSED = 1;

    /** {@link #shutdownOutput()} was called. */
    private static final int OUTPUT_ENDED = 1 << 1;

    /** Past the high water mark and not yet back at the low one. */
    private static final int CHOKED = 1 << 2;

    /** Waits in the loop's list of those with something to report. */
    private static final int TO_TELL = 1 << 3;

    private static final int TELL_FLUSHED = 1 << 4;
    private static final int TELL_WRITABLE = 1 << 5;

    private static final int READING_PAUSED = 1 << 6;

    private final SocketLoop loop;
    private final StreamSocket socket;
    private final InetSocketAddress remote;
    private ConnectionHandler handler = NoopHandler.INSTANCE;
    private @Nullable Segments backlog;
    private @Nullable Throwable cause;
    private long queued;
    private long flushed;
    private int flags;

    private SocketConnection(SocketLoop loop, StreamSocket socket, InetSocketAddress remote) {
        this.loop = loop;
        this.socket = socket;
        this.remote = remote;
    }

    /**
     * Makes a connection of the connected socket, to be {@link #open opened} at once.
     *
     * @throws IOException if the loop cannot take it
     */
    static SocketConnection attach(SocketLoop loop, StreamSocket socket, InetSocketAddress remote) throws IOException {
        SocketConnection connection = new SocketConnection(loop, socket, remote);
        loop.attach(socket, connection, SelectionKey.OP_READ);
        return connection;
    }

    /** Asks who handles it. */
    void open(Function<? super Connection, ? extends ConnectionHandler> onOpen) {
        try {
            handler = Objects.requireNonNull(onOpen.apply(this), "no handler");
        } catch (Throwable e) {
            fail(e);
        }
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remote;
    }

    // Reading

    @Override
    public void onReady(int operations) {
        try {
            if ((operations & SelectionKey.OP_WRITE) != 0) {
                writeBacklog();
            }
            if ((operations & SelectionKey.OP_READ) != 0) {
                read();
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void read() throws IOException {
        boolean more = true;
        for (int reads = 0; more && reads < READS_PER_TURN && isReading(); reads++) {
            more = readOnce(loop.readBuffer());
        }
    }

    /** Returns whether the socket may hold more. */
    private boolean readOnce(ByteBuffer buffer) throws IOException {
        int bytes = socket.read(buffer.clear());
        if (bytes < 0) {
            // It may still listen, but half a connection is of no use to the bus, and is reported
            // ready without end.
            close();
        }
        if (bytes <= 0) {
            return false;
        }
        boolean filled = !buffer.hasRemaining();
        handler.onRead(buffer.flip().order(ByteOrder.BIG_ENDIAN));
        return filled;
    }

    private boolean isReading() {
        return !is(CLOSED | READING_PAUSED);
    }

    @Override
    public void pauseReading() {
        if (!is(CLOSED | READING_PAUSED)) {
            flags |= READING_PAUSED;
            await();
        }
    }

    @Override
    public void resumeReading() {
        if (!is(CLOSED) && is(READING_PAUSED)) {
            flags &= ~READING_PAUSED;
            await();
        }
    }

    private void await() {
        int reading = is(READING_PAUSED) ? 0 : SelectionKey.OP_READ;
        int writing = backlog == null ? 0 : SelectionKey.OP_WRITE;
        socket.await(reading | writing);
    }

    // Writing

    @Override
    public ByteBuffer reserve(int bytes) {
        return loop.writes().reserve(this, bytes);
    }

    @Override
    public void write(ByteBuffer content, int index, int length) {
        Objects.checkFromIndexSize(index, length, content.limit());
        if (length > 0 && !discardsOutput()) {
            loop.writes().add(this, content, index, length);
        }
    }

    @Override
    public void flush() {
        loop.writes().finish(this);
    }

    @Override
    public void shutdownOutput() {
        flush();
        if (!discardsOutput()) {
            flags |= OUTPUT_ENDED;
            endOutputOnceFlushed();
        }
    }

    /**
     * Writes the segments this connection has queued, and keeps what the socket does not take.
     * Nothing once it is closed.
     */
    void send(Segments queued) {
        if (backlog == null && !discardsOutput()) {
            write(queued);
        }
        if (!queued.isEmpty() && !discardsOutput()) {
            keep(queued);
        }
    }

    /** The socket is full: keeps what it did not take until it has room again. */
    private void keep(Segments segments) {
        if (backlog == null) {
            backlog = loop.backlogs().open();
            await();
        }
        segments.moveTo(backlog);
    }

    private void writeBacklog() {
        Segments waiting = backlog;
        if (waiting != null) {
            write(waiting);
            if (!is(CLOSED) && waiting.isEmpty()) {
                dropBacklog();
                await();
                tellLater(TELL_FLUSHED);
            }
        }
    }

    private void write(Segments segments) {
        if (queued - flushed >= LARGE_WRITE) {
            loop.letCallbacksGo();
        }
        try {
            addFlushed(segments.writeTo(socket));
            if (segments.gaveBack()) {
                tellLater(TELL_FLUSHED);
            }
            endOutputOnceFlushed();
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void endOutputOnceFlushed() {
        if (is(OUTPUT_ENDED) && flushed == queued) {
            try {
                socket.shutdownOutput();
            } catch (IOException e) {
                close(e);
            }
        }
    }

    private boolean discardsOutput() {
        return is(CLOSED | OUTPUT_ENDED);
    }

    // Counting

    @Override
    public long queuedBytes() {
        loop.writes().count();
        return queued;
    }

    @Override
    public long flushedBytes() {
        return flushed;
    }

    @Override
    public long progress() {
        return is(CLOSED) ? flushed : flushed + socket.acknowledgedBytes();
    }

    @Override
    public boolean isWritable() {
        loop.writes().count();
        return !is(CLOSED | CHOKED);
    }

    void addQueued(int bytes) {
        if (discardsOutput()) {
            return;
        }
        queued += bytes;
        if (queued - flushed > loop.options().highWaterBytes()) {
            flags |= CHOKED;
        }
    }

    private void addFlushed(long bytes) {
        flushed += bytes;
        if (is(CHOKED) && queued - flushed <= loop.options().lowWaterBytes()) {
            flags &= ~CHOKED;
            tellLater(TELL_WRITABLE);
        }
    }

    // Closing

    @Override
    public void close() {
        close(null);
    }

    @Override
    public void abort() {
        abort(null);
    }

    @Override
    public void onTransportClosing() {
        close();
    }

    /**
     * Its own errors are the socket's business; everything else is a defect to be heard of, and
     * aborts the connection.
     */
    private void fail(Throwable e) {
        if (e instanceof IOException) {
            close(e);
        } else {
            abort(e);
            loop.failures().add("the handler", this, e);
        }
    }

    private void close(@Nullable Throwable why) {
        if (!is(CLOSED)) {
            try {
                socket.close();
            } finally {
                closed(why);
            }
        }
    }

    private void abort(@Nullable Throwable why) {
        if (!is(CLOSED)) {
            try {
                socket.abort();
            } finally {
                closed(why);
            }
        }
    }

    private void closed(@Nullable Throwable why) {
        loop.writes().count();
        tellLater(CLOSED);
        cause = why;
        dropBacklog();
    }

    private void dropBacklog() {
        Segments dropped = backlog;
        if (dropped != null) {
            backlog = null;
            loop.backlogs().close(dropped);
        }
    }

    // Telling

    private void tellLater(int what) {
        if (!is(TO_TELL)) {
            loop.tellLater(this);
        }
        flags |= TO_TELL | what;
    }

    /**
     * Notifies the handler of what became due. Called by the loop, when no call to a connection is
     * under way.
     */
    void tell() {
        int due = flags;
        flags &= ~(TO_TELL | TELL_FLUSHED | TELL_WRITABLE);
        try {
            if (is(CLOSED)) {
                handler.onClosed(cause);
                return;
            }
            if ((due & TELL_FLUSHED) != 0) {
                handler.onFlushed(flushed);
            }
            if ((due & TELL_WRITABLE) != 0 && isWritable()) {
                handler.onWritable();
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private boolean is(int any) {
        return (flags & any) != 0;
    }

    @Override
    public String toString() {
        return "connection to " + remote + " on loop " + loop.index();
    }
}
