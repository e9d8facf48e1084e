package dev.heartbeat.races;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One loop and no sockets: whoever listens or connects is asked for the handler of a
 * {@link StubConnection}.
 */
final class StubTransport implements Transport {
    static final InetSocketAddress NOWHERE = new InetSocketAddress(0);

    final StubLoop loop = new StubLoop();
    final StubWorkers workers = new StubWorkers();
    private @Nullable Acceptor acceptor;
    private @Nullable Connector connector;

    /** A connection that the server has accepted. */
    StubConnection accept() {
        requireNonNull(acceptor).onAccept(NOWHERE);
        StubConnection connection = new StubConnection(loop);
        connection.handledBy(requireNonNull(acceptor).onOpen(connection));
        return connection;
    }

    /** The connection that the client has asked for. */
    StubConnection connect() {
        StubConnection connection = new StubConnection(loop);
        connection.handledBy(requireNonNull(connector).onOpen(connection));
        return connection;
    }

    @Override
    public String name() {
        return "stub";
    }

    @Override
    public Environment environment() {
        return workers;
    }

    @Override
    public List<EventLoop> eventLoops() {
        return List.of(loop);
    }

    @Override
    public CompletableFuture<Listener> listen(InetSocketAddress address, Acceptor newAcceptor) {
        acceptor = newAcceptor;
        return CompletableFuture.completedFuture(new StubListener());
    }

    @Override
    public void connect(InetSocketAddress remote, EventLoop on, Connector newConnector) {
        connector = newConnector;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}

    private static final class StubListener implements Listener {
        @Override
        public InetSocketAddress localAddress() {
            return NOWHERE;
        }

        @Override
        public CompletableFuture<Void> close() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> closed() {
            return new CompletableFuture<>();
        }
    }
}
