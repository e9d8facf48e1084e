package dev.heartbeat.bench.still;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A transport of one {@link StillLoop}, for one server. */
public final class StillTransport implements Transport {
    private final StillLoop loop = new StillLoop();
    /** The connection where nodes write what the server is about to read. */
    final StillConnection fromNodes = new StillConnection(new StillLoop());

    private final Environment environment = new StillEnvironment();
    private @Nullable Acceptor acceptor;

    public StillLoop loop() {
        return loop;
    }

    /**
     * Somebody connects to the server. The bytes that the handler is given to read come from there.
     */
    public ConnectionHandler accept() {
        Acceptor server = Objects.requireNonNull(acceptor, "nobody listens");
        if (!server.onAccept(new InetSocketAddress(0))) {
            throw new IllegalStateException("refused");
        }
        return server.onOpen(new StillConnection(loop));
    }

    @Override
    public String name() {
        return "still";
    }

    @Override
    public Environment environment() {
        return environment;
    }

    @Override
    public List<EventLoop> eventLoops() {
        return List.of(loop);
    }

    @Override
    public CompletableFuture<Listener> listen(InetSocketAddress address, Acceptor forWhom) {
        acceptor = forWhom;
        return completedFuture(new Listener() {
            @Override
            public InetSocketAddress localAddress() {
                return address;
            }

            @Override
            public CompletableFuture<Void> close() {
                return completedFuture(null);
            }

            @Override
            public CompletableFuture<Void> closed() {
                return new CompletableFuture<>();
            }
        });
    }

    @Override
    public void connect(InetSocketAddress remote, EventLoop onLoop, Connector connector) {
        throw new UnsupportedOperationException("nobody is connected to");
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return completedFuture(null);
    }

    @Override
    public void close() {}
}
