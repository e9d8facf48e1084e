package dev.heartbeat.internal.client;

import dev.heartbeat.internal.loop.LazyShard;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.session.HostLookup;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
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
    private final String host;
    private final int port;
    private final Connector owner;

    private List<InetAddress> addresses = List.of();
    private int tried;
    private @Nullable IOException failure;
    private boolean stopped;

    ConnectAttempt(Transport transport, EventLoop loop, String host, int port, Connector owner) {
        this.transport = transport;
        this.loop = loop;
        this.host = host;
        this.port = port;
        this.owner = owner;
    }

    /**
     * Begins; once.
     *
     * @param lookup how long the name may take
     */
    void begin(Duration lookup) {
        Loop commands = new LazyShard(loop);
        CompletableFuture<List<InetAddress>> found =
                HostLookup.lookUp(host, transport.environment().resolver(), commands, lookup);
        Executor onLoop = found.isDone() ? Runnable::run : commands;
        CompletableFuture<?> unused =
                found.whenComplete((all, failed) -> onLoop.execute(() -> onLookedUp(all, failed)));
    }

    /** Nobody wants to know any more. A connection that is on its way may still open. */
    void stop() {
        stopped = true;
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
        try {
            return owner.onOpen(connection);
        } catch (Throwable e) {
            owner.onConnectFailed(new IOException("cannot use " + connection + ": " + e, e));
            throw e;
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
