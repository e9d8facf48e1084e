package dev.heartbeat.fake;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One loop and no sockets, for one server or one client: a test opens the connections that the
 * server accepts or the client has asked for. It is a hundred times as quick as the simulation,
 * which has a network.
 */
public class FakeTransport implements Transport {
    private final FakeLoop loop;
    private final FakeEnvironment environment;
    private @Nullable Acceptor acceptor;
    private @Nullable Connector connector;

    public FakeTransport() {
        this(new FakeLoop());
    }

    private FakeTransport(FakeLoop loop) {
        this(loop, new FakeEnvironment(loop::nowNs));
    }

    public FakeTransport(FakeLoop loop, FakeEnvironment environment) {
        this.loop = loop;
        this.environment = environment;
    }

    public FakeLoop loop() {
        return loop;
    }

    /** A connection that the server accepts, or that the client has asked for. */
    public FakeConnection open() {
        FakeConnection connection = new FakeConnection(loop);
        connection.handledBy(open(connection));
        return connection;
    }

    /** The handler of a connection that the server accepts, or that the client has asked for. */
    public ConnectionHandler open(Connection connection) {
        Acceptor server = acceptor;
        if (server == null) {
            return requireNonNull(connector, "nobody listens or connects").onOpen(connection);
        }
        if (!server.onAccept(FakeConnection.NOWHERE)) {
            throw new IllegalStateException("refused");
        }
        return server.onOpen(connection);
    }

    /** Runs all that waits for the loop and for the workers. */
    public void run() {
        do {
            runLoop();
        } while (environment.workOne());
    }

    /** Runs what waits for the loop while the workers rest. */
    public void runLoop() {
        do {
            loop.run();
            environment.complete();
        } while (loop.run() > 0);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public FakeEnvironment environment() {
        return environment;
    }

    @Override
    public List<EventLoop> eventLoops() {
        return List.of(loop);
    }

    @Override
    public CompletableFuture<Listener> listen(InetSocketAddress address, Acceptor newAcceptor) {
        acceptor = newAcceptor;
        return CompletableFuture.completedFuture(new FakeListener(address, new CompletableFuture<>()));
    }

    private record FakeListener(InetSocketAddress localAddress, CompletableFuture<Void> closed) implements Listener {
        @Override
        public CompletableFuture<Void> close() {
            return CompletableFuture.completedFuture(null);
        }
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
}
