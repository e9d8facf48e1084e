package dev.heartbeat.testkit;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One end of a connection between two hosts. */
final class SimConnection implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(SimConnection.class);

    private static final int READS_PER_TURN = 4;

    private final Simulation simulation;
    private final SimTransport transport;
    private final SimLoop loop;
    private final InetSocketAddress remote;
    private final Runnable readOn = this::readOn;
    private @Nullable SimConnection peer;
    private @Nullable Pipe in;
    private @Nullable Pipe out;
    private @Nullable ConnectionHandler handler;

    private @Nullable Queue<ByteBuffer> backlog;
    private long queued;
    private long flushed;
    /** The end of the last piece that was given by {@link #write}. */
    private long ownedUpTo;
    /** Whether a piece was given, or something had to wait. */
    private boolean tellWhenEmpty;

    private boolean choked;
    private boolean outputShut;
    private boolean paused;
    private boolean closed;
    private boolean readScheduled;

    private boolean tellScheduled;
    private boolean tellFlushed;
    private boolean tellWritable;
    private boolean tellClosed;
    private @Nullable Throwable cause;

    SimConnection(Simulation simulation, SimTransport transport, SimLoop loop, InetSocketAddress remote) {
        this.simulation = simulation;
        this.transport = transport;
        this.loop = loop;
        this.remote = remote;
        transport.add(this);
    }

    void joinTo(SimConnection other) {
        peer = other;
        other.peer = this;
        out = new Pipe(simulation, this, other);
        other.out = new Pipe(simulation, other, this);
        in = other.out;
        other.in = out;
    }

    /** On the loop: asks who handles it. */
    void open(Function<? super Connection, ? extends ConnectionHandler> onOpen) {
        try {
            handler = requireNonNull(onOpen.apply(this), "no handler");
        } catch (RuntimeException | Error e) {
            fail(e);
        }
        if (closed && handler != null) {
            tellLater();
        }
        readOn();
    }

    SimLoop loop() {
        return loop;
    }

    Host host() {
        return transport.host();
    }

    boolean isClosed() {
        return closed;
    }

    private Pipe in() {
        return requireNonNull(in);
    }

    private Pipe out() {
        return requireNonNull(out);
    }

    // ---- reading

    /** Something has arrived. */
    void onArrival() {
        if (!readScheduled && !closed) {
            readScheduled = true;
            loop.onSocket(readOn);
        }
    }

    private void readOn() {
        readScheduled = false;
        try {
            for (int reads = 0; reads < READS_PER_TURN && isReading(); reads++) {
                readOnce();
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
        if (isReading()) {
            onArrival();
        }
    }

    private boolean isReading() {
        return !closed && handler != null && !paused && !host().readsNothing() && !in().isEmpty();
    }

    private void readOnce() {
        if (in().isAtEnd()) {
            close();
        } else if (in().isAtReset()) {
            closeWith(new IOException("Connection reset by " + remote));
        } else {
            byte[] buffer = loop.readBuffer();
            int count = in().read(buffer, readSize());
            simulation.trace(count ^ (long) host().number() << 32);
            WireTap tap = simulation.tap();
            if (tap != null) {
                tap.onRead(host(), loop.index(), remote, buffer, count);
            }
            requireNonNull(handler).onRead(ByteBuffer.wrap(buffer, 0, count));
        }
    }

    private int readSize() {
        LinkSettings link = simulation.settings(requireNonNull(peer).host(), host());
        return link.smallestRead() == link.largestRead()
                ? link.largestRead()
                : simulation.random().nextInt(link.smallestRead(), link.largestRead() + 1);
    }

    @Override
    public void pauseReading() {
        paused = true;
    }

    @Override
    public void resumeReading() {
        paused = false;
        onArrival();
    }

    // ---- writing

    @Override
    public ByteBuffer reserve(int bytes) {
        return loop.scratch().reserve(this, bytes);
    }

    @Override
    public void write(ByteBuffer content, int index, int length) {
        // Never copied, however small: a writer that changes it too early is found out.
        ByteBuffer given = content.slice(index, length);
        if (given.hasRemaining()) {
            commitReserved();
            add(given);
            ownedUpTo = queued;
            tellWhenEmpty = true;
        }
    }

    void addReserved(byte[] bytes) {
        add(ByteBuffer.wrap(bytes));
    }

    private void add(ByteBuffer bytes) {
        if (discardsOutput()) {
            return;
        }
        if (backlog == null) {
            backlog = new ArrayDeque<>(2);
        }
        queued += bytes.remaining();
        backlog.add(bytes);
        checkHighWater();
    }

    private void checkHighWater() {
        if (queued - flushed > transport.options().highWaterBytes()) {
            choked = true;
        }
    }

    private void commitReserved() {
        if (loop.scratch().bytesOf(this) > 0) {
            loop.scratch().commit();
        }
    }

    @Override
    public void flush() {
        int reserved = loop.scratch().bytesOf(this);
        if (reserved > 0
                && backlog == null
                && !discardsOutput()
                && reserved <= transport.options().highWaterBytes()
                && reserved <= out().room()) {
            // Nearly every heartbeat is such: a small frame and an empty socket.
            queued += reserved;
            send(loop.scratch().take());
            return;
        }
        commitReserved();
        if (backlog != null && !closed) {
            writeBacklog(backlog);
        }
    }

    private void writeBacklog(Queue<ByteBuffer> waiting) {
        long before = flushed;
        while (!waiting.isEmpty() && (out().room() > 0 || !waiting.peek().hasRemaining())) {
            ByteBuffer first = waiting.peek();
            byte[] bytes = new byte[Math.min(first.remaining(), out().room())];
            first.get(bytes);
            if (bytes.length > 0) {
                send(bytes);
            }
            if (!first.hasRemaining()) {
                waiting.remove();
            }
        }
        boolean emptied = waiting.isEmpty();
        if ((before < ownedUpTo && flushed > before) || (emptied && tellWhenEmpty)) {
            tellFlushed = true;
            tellLater();
        }
        tellWhenEmpty = !emptied;
        if (emptied) {
            backlog = null;
        }
        if (outputShut && emptied) {
            out().end();
        }
    }

    private void send(byte[] bytes) {
        flushed += bytes.length;
        out().send(bytes);
        if (choked && queued - flushed <= transport.options().lowWaterBytes()) {
            choked = false;
            tellWritable = true;
            tellLater();
        }
    }

    boolean hasBacklog() {
        return backlog != null && !closed;
    }

    /** The peer has read, and the kernel knows. */
    void onRoom() {
        if (hasBacklog()) {
            loop.onSocket(this::flush);
        }
    }

    private boolean discardsOutput() {
        return closed || outputShut;
    }

    @Override
    public long queuedBytes() {
        return queued + (discardsOutput() ? 0 : loop.scratch().bytesOf(this));
    }

    @Override
    public long flushedBytes() {
        return flushed;
    }

    @Override
    public boolean isWritable() {
        return !closed
                && !choked
                && queuedBytes() - flushed <= transport.options().highWaterBytes();
    }

    @Override
    public void shutdownOutput() {
        flush();
        if (!discardsOutput()) {
            outputShut = true;
            if (backlog == null) {
                out().end();
            }
        }
    }

    // ---- the end

    @Override
    public void close() {
        if (!closed) {
            // A kernel that has unread bytes says so with a reset.
            if (in().unreadBytes() > 0) {
                out().reset();
            } else {
                out().end();
            }
            closeWith(null);
        }
    }

    @Override
    public void abort() {
        if (!closed) {
            out().reset();
            closeWith(null);
        }
    }

    /**
     * It fails, and nothing is said to the other side. As with a kernel, what has come before is
     * read first.
     */
    void lose() {
        if (closed) {
            return;
        }
        if (isReading()) {
            readOn();
            loop.onSocket(this::lose);
        } else {
            closeWith(new IOException("Connection timed out"));
        }
    }

    /** Its process has died: the kernel closes the socket, and nobody is left to notify. */
    void orphan() {
        if (!closed) {
            closed = true;
            out().reset();
        }
    }

    /** Its machine has lost power: nothing is said to anybody. */
    void vanish() {
        closed = true;
    }

    void answerWithReset() {
        out().reset();
    }

    private void closeWith(@Nullable Throwable why) {
        closed = true;
        cause = why;
        backlog = null;
        transport.remove(this);
        int lost = loop.scratch().bytesOf(this);
        if (lost > 0) {
            queued += lost;
            loop.scratch().clear();
        }
        tellClosed = true;
        tellLater();
    }

    private void fail(Throwable e) {
        LOG.error("{} is aborted", this, e);
        if (!closed) {
            out().reset();
            closeWith(e);
        }
    }

    private void tellLater() {
        if (!tellScheduled) {
            tellScheduled = true;
            loop.tellLater(this);
        }
    }

    /**
     * Notifies the handler of what became due; called by the loop, when no call to a connection is
     * under way.
     */
    void tell() {
        tellScheduled = false;
        ConnectionHandler told = handler;
        if (told == null) {
            return;
        }
        try {
            if (tellClosed) {
                WireTap tap = simulation.tap();
                if (tap != null) {
                    tap.onClosed(host(), loop.index(), remote, cause);
                }
                told.onClosed(cause);
                return;
            }
            if (tellFlushed) {
                tellFlushed = false;
                told.onFlushed(flushed);
            }
            if (tellWritable && isWritable()) {
                tellWritable = false;
                told.onWritable();
            }
        } catch (RuntimeException | Error e) {
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

    @Override
    public String toString() {
        return "connection of " + host().name() + " to " + remote;
    }
}
