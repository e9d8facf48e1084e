package dev.heartbeat.internal.server;

import dev.heartbeat.internal.session.Opening;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import java.io.IOException;

/** An accepted connection whose layer is not ready yet, so that it has no session. On its loop. */
final class Arrival implements Connector {
    private final ServerLoop loop;
    private final Opening opening;
    private boolean ended;

    Arrival(ServerLoop loop, Connection below) {
        this.loop = loop;
        long timeoutNs = loop.server.options.handshakeTimeout().toNanos();
        opening = new Opening(loop.shard, below, timeoutNs, this);
    }

    /** Begins, once. */
    ConnectionHandler begin(ConnectionLayer layer) {
        loop.arrived(this);
        try {
            ConnectionHandler handler = opening.begin(layer);
            if (loop.server.isDraining() && !ended) {
                close(); // It was accepted before, and opened since.
            }
            return handler;
        } catch (Throwable e) {
            if (!ended) {
                end();
                loop.server.connectionEnded(); // Nothing else will report its end.
            }
            throw e;
        }
    }

    /** The server accepts no more. */
    void close() {
        opening.close();
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        end();
        return loop.server.openSession(connection);
    }

    @Override
    public void onConnectFailed(IOException cause) {
        end();
        loop.counters.add(Counter.LAYER_FAILURES, 1);
        loop.server.log.layerFailed(cause, loop.shard.nowNs());
        loop.server.connectionEnded();
    }

    private void end() {
        ended = true;
        loop.left(this);
    }
}
