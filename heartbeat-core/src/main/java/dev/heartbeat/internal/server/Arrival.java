package dev.heartbeat.internal.server;

import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.internal.admission.Place;
import dev.heartbeat.internal.admission.ProxyLayer;
import dev.heartbeat.internal.session.Opening;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** An accepted connection whose layers are not ready yet, so that it has no session. On its loop. */
final class Arrival implements Connector, ProxyLayer.Guard {
    private final ServerLoop loop;
    private final Opening opening;
    private @Nullable Place place;
    /** A proxy's check of this server, which is no event. */
    private boolean check;
    /** Counted and logged already. */
    private boolean refused;

    private boolean ended;

    Arrival(ServerLoop loop, Connection below, @Nullable Place place) {
        this.loop = loop;
        this.place = place;
        long timeoutNs = loop.server.options.handshakeTimeout().toNanos();
        opening = new Opening(loop.shard, below, timeoutNs, this);
    }

    /** Begins, once. */
    ConnectionHandler begin(ConnectionLayer layer) {
        loop.arrived(this);
        try {
            ConnectionHandler handler = opening.begin(layer);
            if (loop.server.hasStoppedAccepting() && !ended) {
                close(); // It was accepted before, and opened since.
            }
            return handler;
        } catch (Throwable e) {
            if (!ended) {
                end();
                loop.server.connectionEnded(place, false); // Nothing else will report its end.
            }
            throw e;
        }
    }

    /** Of a connection from a trusted proxy: its header comes before the given layer, if any. */
    ConnectionHandler beginProxied(@Nullable ConnectionLayer layer) {
        ProxyLayer proxy = new ProxyLayer(this);
        return begin(layer == null ? proxy : proxy.then(layer));
    }

    @Override
    public boolean admits(InetSocketAddress client) {
        ConnectionRefusal refusal = loop.server.gate.enterProxied(client);
        if (refusal != null) {
            refused = true;
            loop.server.refused(client, refusal);
            return false;
        }
        loop.server.gate.leave(place);
        place = loop.server.gate.placeOf(client);
        return true;
    }

    @Override
    public void isCheck() {
        check = true;
    }

    /** The server is overloaded, and this one has not got far. */
    void shed() {
        refused = true;
        close();
    }

    /** The server accepts no more. */
    void close() {
        opening.close();
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        end();
        return loop.server.openSession(connection, place);
    }

    @Override
    public void onConnectFailed(IOException cause) {
        end();
        if (!refused && (!check || cause instanceof SocketTimeoutException)) {
            loop.counters.add(Counter.LAYER_FAILURES, 1);
            loop.server.log.layerFailed(cause, loop.shard.nowNs());
        }
        loop.server.connectionEnded(place, false);
    }

    private void end() {
        ended = true;
        loop.left(this);
    }
}
