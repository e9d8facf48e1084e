package dev.heartbeat.testkit;

import dev.heartbeat.spi.AcceptPace;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Listener;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound port. Connections that the kernel has accepted wait here until their process has a
 * descriptor for them.
 */
final class SimListener implements Listener {
    private static final Logger LOG = LoggerFactory.getLogger(SimListener.class);

    private static final Duration ACCEPT_RETRY = Duration.ofMillis(100);

    private final SimTransport transport;
    private final InetSocketAddress localAddress;
    private final Acceptor acceptor;
    private final Queue<Runnable> backlog = new ArrayDeque<>();
    private final AcceptPace pace;
    private final CompletableFuture<Void> whenClosed = new CompletableFuture<>();
    private boolean closed;
    private boolean paused;

    SimListener(SimTransport transport, InetSocketAddress localAddress, Acceptor acceptor) {
        this.transport = transport;
        this.localAddress = localAddress;
        this.acceptor = acceptor;
        pace = new AcceptPace(transport.options());
    }

    SimTransport transport() {
        return transport;
    }

    /** The handshake is done; the process is notified when it runs. */
    void arrived(SimConnection connection, InetSocketAddress remote) {
        backlog.add(() -> admit(connection, remote));
        transport.loop(0).onSocket(this::accept);
    }

    private void admit(SimConnection connection, InetSocketAddress remote) {
        if (!closed && isWanted(remote)) {
            pace.accepted(transport.simulation().nowNs());
            connection.loop().onSocket(() -> settle(connection, remote));
        } else {
            connection.abort();
        }
    }

    private void settle(SimConnection connection, InetSocketAddress remote) {
        if (transport.host().failsSetUps()) {
            connection.abort();
            acceptor.onAbandoned(remote);
        } else {
            connection.open(acceptor::onOpen);
        }
    }

    private boolean isWanted(InetSocketAddress remote) {
        try {
            return acceptor.onAccept(remote);
        } catch (RuntimeException | Error e) {
            LOG.error("a connection on {} is aborted", localAddress, e);
            return false;
        }
    }

    private void accept() {
        if (paused && !closed) {
            return;
        }
        if (transport.host().lacksDescriptors() && !backlog.isEmpty()) {
            acceptIn(ACCEPT_RETRY);
            return;
        }
        long nowNs = transport.simulation().nowNs();
        while (!backlog.isEmpty() && pace.waitNs(nowNs) == 0) {
            backlog.remove().run();
        }
        if (!backlog.isEmpty()) {
            acceptIn(Duration.ofNanos(pace.waitNs(nowNs)));
        }
    }

    private void acceptIn(Duration delay) {
        transport.simulation().after(delay, () -> transport.loop(0).onSocket(this::accept));
    }

    @Override
    public void pauseAccepting() {
        paused = true;
    }

    @Override
    public void resumeAccepting() {
        paused = false;
        transport.loop(0).onSocket(this::accept);
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public CompletableFuture<Void> close() {
        unbind();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> closed() {
        return whenClosed.copy();
    }

    void unbind() {
        closed = true;
        if (paused) {
            resumeAccepting(); // What waits is reset.
        }
        transport.simulation().unbind(this);
        if (!transport.isDead()) {
            whenClosed.complete(null);
        }
    }
}
