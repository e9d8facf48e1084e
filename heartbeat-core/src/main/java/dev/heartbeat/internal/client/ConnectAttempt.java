package dev.heartbeat.internal.client;

import dev.heartbeat.ClientOptions;
import dev.heartbeat.ServerAddress;
import dev.heartbeat.internal.loop.LazyShard;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.session.HostLookup;
import dev.heartbeat.internal.session.Opening;
import dev.heartbeat.spi.ClientLayer;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to reach a server: looks its name up, and connects to one of its addresses after the
 * other until one answers. Its owner is notified once how it ended, as a {@link Connector} is.
 * Confined to the loop.
 */
final class ConnectAttempt implements Connector {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectAttempt.class);

    /** A resolver may know more; each may take the whole connect timeout. */
    static final int MAX_ADDRESSES = 32;

    private final Transport transport;
    private final EventLoop loop;
    private final ClientOptions options;
    private final String host;
    private final int port;
    private final @Nullable ConnectionLayer layer;
    private final Connector owner;

    private List<InetAddress> addresses = List.of();
    private int tried;
    private @Nullable IOException failure;
    private @Nullable Opening opening;
    private boolean stopped;

    ConnectAttempt(
            Transport transport,
            EventLoop loop,
            ClientOptions options,
            ServerAddress server,
            @Nullable ClientLayer layer,
            Connector owner) {
        this.transport = transport;
        this.loop = loop;
        this.options = options;
        host = server.host();
        port = server.port();
        this.layer = layer == null ? null : layer.to(host, port);
        this.owner = owner;
    }

    /** Begins, once. The name's look-up and the layer may take the handshake timeout each. */
    void begin() {
        Loop commands = new LazyShard(loop);
        CompletableFuture<List<InetAddress>> found =
                HostLookup.lookUp(host, transport.environment().resolver(), commands, options.handshakeTimeout());
        Executor onLoop = found.isDone() ? Runnable::run : commands;
        CompletableFuture<?> unused =
                found.whenComplete((all, failed) -> onLoop.execute(() -> onLookedUp(all, failed)));
    }

    /** Nobody wants to know any more. A connection that is on its way may still open. */
    void stop() {
        stopped = true;
        if (opening != null) {
            opening.close();
        }
    }

    private void onLookedUp(@Nullable List<InetAddress> all, @Nullable Throwable failed) {
        if (stopped) {
            return;
        }
        if (all == null) {
            owner.onConnectFailed(failed instanceof IOException reason ? reason : new IOException(failed));
            return;
        }
        addresses = all.subList(0, Math.min(all.size(), MAX_ADDRESSES));
        connectToNext();
    }

    private void connectToNext() {
        InetSocketAddress next = new InetSocketAddress(addresses.get(tried++), port);
        transport.connect(next, loop, this);
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        return layer == null ? opened(connection) : new Layering(connection).begin(layer);
    }

    private ConnectionHandler opened(Connection connection) {
        opening = null;
        try {
            return owner.onOpen(connection);
        } catch (Throwable e) {
            owner.onConnectFailed(new IOException("cannot use " + connection + ": " + e, e));
            throw e;
        }
    }

    /** A connection whose layer is not ready yet. */
    private final class Layering implements Connector {
        private final Opening layered;

        Layering(Connection below) {
            layered = new Opening(
                    Shard.of(loop), below, options.handshakeTimeout().toNanos(), this);
        }

        ConnectionHandler begin(ConnectionLayer with) {
            opening = layered;
            try {
                return layered.begin(with);
            } catch (Throwable e) {
                if (opening == layered) { // Otherwise it has opened, and its owner knows.
                    onConnectFailed(new IOException("the connection layer failed: " + e, e));
                }
                throw e;
            }
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            return opened(connection);
        }

        @Override
        public void onConnectFailed(IOException cause) {
            opening = null;
            ConnectAttempt.this.onConnectFailed(cause);
        }
    }

    @Override
    public void onConnectFailed(IOException cause) {
        if (failure != null) {
            cause.addSuppressed(failure);
        }
        failure = cause;
        // A closed transport may notify on any thread, and no other address would do better.
        if (!stopped && tried < addresses.size() && loop.inEventLoop()) {
            LOG.debug("{}; trying the next of {} addresses of {}", cause.getMessage(), addresses.size(), host);
            connectToNext();
        } else {
            owner.onConnectFailed(addresses.size() == 1 ? cause : ofAll(cause));
        }
    }

    private IOException ofAll(IOException last) {
        IOException all = new IOException(
                "none of the " + tried + " addresses of " + host + " answers; the last failure: " + last.getMessage(),
                last.getCause());
        all.addSuppressed(last);
        return all;
    }
}
