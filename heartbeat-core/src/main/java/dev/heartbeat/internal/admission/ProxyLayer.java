package dev.heartbeat.internal.admission;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import java.net.InetSocketAddress;

/** The PROXY protocol of one connection from a trusted proxy. On its loop. */
public final class ProxyLayer implements ConnectionLayer {
    private final Guard guard;

    /** One with this guard. */
    public ProxyLayer(Guard guard) {
        this.guard = guard;
    }

    /** Hears what the header says. */
    public interface Guard {
        /**
         * The proxy names a client.
         *
         * @return whether the connection is kept
         */
        boolean admits(InetSocketAddress client);

        /** The proxy speaks for itself, or has ended without a word: such checks are no event. */
        void isCheck();
    }

    @Override
    public ConnectionHandler onOpen(Connection below, Connector above) {
        return new ProxiedConnection(below, above, guard);
    }
}
