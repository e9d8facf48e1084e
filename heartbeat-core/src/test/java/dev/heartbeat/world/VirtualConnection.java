package dev.heartbeat.world;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One end of a stream. Between the ends there is room for {@link #SOCKET_BUFFER} bytes; more waits here, as it does behind a full socket. Bytes arrive in order, cut
 * anywhere, after the latency; never if a side is silent.
 */
public final class VirtualConnection implements Connection {
    private static final int SOCKET_BUFFER = 128 * 1024;
    private static final int HIGH_WATER = 64 * 1024;
    private static final int LOW_WATER = 32 * 1024;
    private static final int LARGEST_SEGMENT = 24 * 1024;

    private final World world;
    private final VirtualTransport host;
    private final VirtualLoop loop;
    private final InetSocketAddress remote;
    private @Nullable VirtualConnection peer;
    private @Nullable ConnectionHandler handler;

    /** Written by the handler, not yet taken by the socket. */
    private final Queue<byte[]> outgoing = new ArrayDeque<>();

    private byte @Nullable [] scratch;
    private @Nullable ByteBuffer reserved;
    private long queued;
    private long flushed;
    private boolean writable = true;
    private boolean givesBack;
    private boolean outputShut;
    private boolean endSent;

    /** Sent, and not yet read at the other end. */
    private int inFlight;

    private final Queue<Runnable> heldBack = new ArrayDeque<>();
    private final Queue<Runnable> unread = new ArrayDeque<>();
    private boolean paused;
    private boolean closed;

    VirtualConnection(World world, VirtualTransport host, VirtualLoop loop, InetSocketAddress remote) {
        this.world = world;
        this.host = host;
        this.loop = loop;
        this.remote = remote;
        host.add(this);
    }

    void connectTo(VirtualConnection other) {
        peer = other;
    }

    void open(ConnectionHandler newHandler) {
        handler = newHandler;
        readOn();
    }

    // ---- writing

    @Override
    public ByteBuffer reserve(int bytes) {
        takeReserved();
        scratch = new byte[bytes];
        reserved = ByteBuffer.wrap(scratch);
        return reserved;
    }

    private void takeReserved() {
        ByteBuffer filled = reserved;
        if (filled != null && scratch != null) {
            reserved = null;
            queue(Arrays.copyOf(scratch, filled.position()));
        }
    }

    @Override
    public void write(ByteBuffer... buffers) {
        takeReserved();
        for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            queue(bytes);
        }
    }

    private void queue(byte[] bytes) {
        if (closed || outputShut) {
            return;
        }
        outgoing.add(bytes);
        queued += bytes.length;
        if (queued - flushed > HIGH_WATER) {
            writable = false;
        }
    }

    @Override
    public void flush() {
        takeReserved();
        long before = flushed;
        writeToSocket();
        if (flushed > before && !givesBack) {
            givesBack = true;
            loop.onSocket(this::giveBack);
        }
    }

    private void giveBack() {
        givesBack = false;
        if (handler != null && !closed) {
            handler.onFlushed(flushed);
        }
    }

    private void writeToSocket() {
        while (!outgoing.isEmpty() && inFlight < SOCKET_BUFFER) {
            byte[] bytes = outgoing.remove();
            int room = Math.min(SOCKET_BUFFER - inFlight, LARGEST_SEGMENT);
            if (bytes.length > room) {
                // The rest goes first next time.
                byte[] rest = Arrays.copyOfRange(bytes, room, bytes.length);
                Queue<byte[]> later = new ArrayDeque<>(outgoing);
                outgoing.clear();
                outgoing.add(rest);
                outgoing.addAll(later);
                bytes = Arrays.copyOf(bytes, room);
            }
            flushed += bytes.length;
            send(bytes);
        }
        if (outgoing.isEmpty() && outputShut && !endSent) {
            endSent = true;
            transmit(VirtualConnection::onEnd);
        }
    }

    private void send(byte[] bytes) {
        inFlight += bytes.length;
        // Cut in two at random: a stream has no frames.
        int cut = world.random().nextInt(bytes.length + 1);
        transmit(to -> to.onBytes(Arrays.copyOf(bytes, cut)));
        transmit(to -> to.onBytes(Arrays.copyOfRange(bytes, cut, bytes.length)));
    }

    private interface Arrival {
        void at(VirtualConnection end);
    }

    private void transmit(Arrival arrival) {
        VirtualConnection to = peer;
        if (to == null) {
            return;
        }
        world.after(world.latencyNs(), () -> {
            if (host.isSilent() || to.host.isSilent() || !to.heldBack.isEmpty()) {
                to.heldBack.add(() -> arrival.at(to));
            } else {
                arrival.at(to);
            }
        });
    }

    void unsilence() {
        deliverHeldBack();
        if (peer != null) {
            peer.deliverHeldBack();
        }
    }

    private void deliverHeldBack() {
        while (!heldBack.isEmpty() && !host.isSilent() && peer != null && !peer.host.isSilent()) {
            heldBack.remove().run();
        }
    }

    @Override
    public long queuedBytes() {
        takeReserved();
        return queued;
    }

    @Override
    public long flushedBytes() {
        return flushed;
    }

    @Override
    public boolean isWritable() {
        return writable && !closed;
    }

    @Override
    public void shutdownOutput() {
        takeReserved();
        outputShut = true;
        flush();
    }

    // ---- reading

    private void onBytes(byte[] bytes) {
        unread.add(() -> {
            ConnectionHandler reader = handler;
            if (reader != null && bytes.length > 0 && !closed) {
                reader.onRead(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
            }
            VirtualConnection sender = peer;
            if (sender != null) {
                world.after(world.latencyNs(), () -> sender.onRoom(bytes.length));
            }
        });
        loop.onSocket(this::readOn);
    }

    private void onEnd() {
        unread.add(() -> end(null));
        loop.onSocket(this::readOn);
    }

    private void readOn() {
        while (handler != null && !paused && !unread.isEmpty()) {
            unread.remove().run();
        }
    }

    private void onRoom(int bytes) {
        inFlight -= bytes;
        if (!closed && !host.isStopped() && handler != null) {
            loop.onSocket(this::writeOn);
        }
    }

    private void writeOn() {
        ConnectionHandler writer = handler;
        if (closed || writer == null || queued == flushed) {
            return;
        }
        flush();
        if (!writable && queued - flushed <= LOW_WATER) {
            writable = true;
            writer.onWritable();
        }
    }

    @Override
    public void pauseReading() {
        paused = true;
    }

    @Override
    public void resumeReading() {
        paused = false;
        loop.onSocket(this::readOn);
    }

    // ---- the end

    @Override
    public void close() {
        if (!closed) {
            if (!endSent) {
                endSent = true;
                transmit(VirtualConnection::onEnd);
            }
            end(null);
        }
    }

    @Override
    public void abort() {
        if (!closed) {
            transmit(VirtualConnection::onReset);
            end(null);
        }
    }

    /** Its process is killed: the kernel resets what has not been read, which is told to nobody here. */
    void vanish() {
        closed = true;
        host.remove(this);
        transmit(VirtualConnection::onReset);
    }

    private void onReset() {
        loop.onSocket(() -> end(new IOException("Connection reset")));
    }

    private void end(@Nullable IOException cause) {
        if (closed) {
            return;
        }
        closed = true;
        host.remove(this);
        if (cause == null && !endSent) {
            endSent = true;
            transmit(VirtualConnection::onEnd);
        }
        loop.onSocket(() -> {
            if (handler != null) {
                handler.onClosed(cause);
            }
        });
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remote;
    }
}
