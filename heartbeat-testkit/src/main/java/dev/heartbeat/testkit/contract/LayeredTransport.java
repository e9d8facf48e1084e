package dev.heartbeat.testkit.contract;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.ClientLayer;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * A transport with a layer over each of its connections, so that the contract of transports holds
 * the layer to account.
 */
public final class LayeredTransport implements Transport {
    private final Transport below;
    private final ConnectionLayer ofServers;
    private final ClientLayer ofClients;

    /**
     * Over a transport, which is closed with it.
     *
     * @param ofServers the layer of connections that are accepted
     * @param ofClients the layer of those that are made
     */
    public LayeredTransport(Transport below, ConnectionLayer ofServers, ClientLayer ofClients) {
        this.below = Objects.requireNonNull(below, "below");
        this.ofServers = Objects.requireNonNull(ofServers, "ofServers");
        this.ofClients = Objects.requireNonNull(ofClients, "ofClients");
    }

    @Override
    public String name() {
        return below.name();
    }

    @Override
    public Environment environment() {
        return below.environment();
    }

    @Override
    public List<EventLoop> eventLoops() {
        return below.eventLoops();
    }

    @Override
    public CompletableFuture<Listener> listen(InetSocketAddress address, Acceptor acceptor) {
        return below.listen(address, new Layered(acceptor));
    }

    @Override
    public void connect(InetSocketAddress remote, EventLoop loop, Connector connector) {
        below.connect(
                remote,
                loop,
                ofClients.to(remote.getHostString(), remote.getPort()).through(connector));
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return below.closeAsync();
    }

    @Override
    public void close() {
        below.close();
    }

    /** Keeps the promise of an acceptor: who is kept opens or is abandoned. */
    private final class Layered implements Acceptor {
        private final Acceptor above;

        Layered(Acceptor above) {
            this.above = above;
        }

        @Override
        public boolean onAccept(InetSocketAddress remote) {
            return above.onAccept(remote);
        }

        @Override
        public void onAbandoned(InetSocketAddress remote) {
            above.onAbandoned(remote);
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            return ofServers.onOpen(connection, new Connector() {
                @Override
                public ConnectionHandler onOpen(Connection layered) {
                    return above.onOpen(layered);
                }

                @Override
                public void onConnectFailed(IOException cause) {
                    above.onAbandoned(connection.remoteAddress());
                }
            });
        }
    }
}
