package dev.heartbeat.internal.admission;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection that comes over a proxy. It opens with the end of the header, and has the client's
 * address; from then on it passes everything through. On its loop.
 */
final class ProxiedConnection implements Connection, ConnectionHandler {
    private final Connection below;
    private final ProxyLayer.Guard guard;
    private InetSocketAddress remote;
    /** Both until it opens. */
    private @Nullable Connector above;

    private @Nullable ProxyHeader header = new ProxyHeader();
    /** From then on. */
    private @Nullable ConnectionHandler handler;
    /** Bytes behind the header, which came while reading was paused. */
    private @Nullable ByteBuffer held;

    private @Nullable Throwable failure;
    private boolean paused;
    private boolean closed;

    ProxiedConnection(Connection below, Connector above, ProxyLayer.Guard guard) {
        this.below = below;
        this.above = above;
        this.guard = guard;
        remote = below.remoteAddress();
    }

    // ---- what comes

    @Override
    public void onRead(ByteBuffer bytes) {
        ProxyHeader reading = header;
        if (reading == null) {
            pass(bytes);
            return;
        }
        try {
            if (reading.read(bytes)) {
                open(reading.client());
                pass(bytes);
            }
        } catch (IOException e) {
            refuse(new IOException("the proxy " + remote + ": " + e.getMessage()));
        }
    }

    private void open(@Nullable InetSocketAddress client) throws IOException {
        Connector opening = above;
        header = null;
        if (client == null) {
            guard.isCheck();
        } else if (!guard.admits(client)) {
            throw new IOException("the client " + client + " was refused");
        } else {
            remote = client;
        }
        if (opening != null) {
            above = null;
            handler = opening.onOpen(this);
        }
    }

    private void refuse(IOException why) {
        header = null;
        failure = why;
        abort();
    }

    private void pass(ByteBuffer bytes) {
        ConnectionHandler reader = handler;
        if (closed || reader == null || !bytes.hasRemaining()) {
            bytes.position(bytes.limit());
        } else if (paused) {
            held = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        } else {
            reader.onRead(bytes);
        }
    }

    /** In a task, since nothing is read from within a call. */
    private void passHeld() {
        ByteBuffer rest = held;
        if (rest == null || paused || closed) {
            return;
        }
        held = null;
        try {
            pass(rest);
        } catch (Throwable e) {
            failure = e;
            abort();
        }
        if (!paused && !closed) {
            below.resumeReading();
        }
    }

    @Override
    public void onWritable() {
        if (handler != null) {
            handler.onWritable();
        }
    }

    @Override
    public void onFlushed(long total) {
        if (handler != null) {
            handler.onFlushed(total);
        }
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
        closed = true;
        held = null;
        Throwable why = failure == null ? cause : failure;
        Connector waiting = above;
        if (handler != null) {
            handler.onClosed(why);
        } else if (waiting != null) {
            above = null;
            if (failure == null && header != null && header.isEmpty()) {
                guard.isCheck();
            }
            waiting.onConnectFailed(
                    why instanceof IOException io
                            ? io
                            : new IOException("the proxy " + remote + " ended before its header was complete", why));
        }
    }

    // ---- what goes

    @Override
    public EventLoop eventLoop() {
        return below.eventLoop();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remote;
    }

    @Override
    public ByteBuffer reserve(int bytes) {
        return below.reserve(bytes);
    }

    @Override
    public void write(ByteBuffer content, int index, int length) {
        below.write(content, index, length);
    }

    @Override
    public void flush() {
        below.flush();
    }

    @Override
    public long queuedBytes() {
        return below.queuedBytes();
    }

    @Override
    public long flushedBytes() {
        return below.flushedBytes();
    }

    @Override
    public long progress() {
        return below.progress();
    }

    @Override
    public long pendingBytes() {
        return below.pendingBytes();
    }

    @Override
    public boolean isWritable() {
        return below.isWritable();
    }

    @Override
    public void pauseReading() {
        paused = true;
        below.pauseReading();
    }

    @Override
    public void resumeReading() {
        paused = false;
        if (held == null) {
            below.resumeReading();
        } else {
            eventLoop().execute(this::passHeld);
        }
    }

    @Override
    public void shutdownOutput() {
        below.shutdownOutput();
    }

    @Override
    public void close() {
        closed = true;
        below.close();
    }

    @Override
    public void abort() {
        closed = true;
        below.abort();
    }

    @Override
    public List<Certificate> peerCertificates() {
        return below.peerCertificates();
    }

    /** Both addresses. */
    @Override
    public String toString() {
        return remote + " over " + below;
    }
}
