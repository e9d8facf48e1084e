package dev.heartbeat.spi;

import java.io.IOException;
import java.util.Objects;

/**
 * A protocol between a transport's connections and the handlers above it, such as TLS. A layer is a
 * {@link ConnectionHandler} to the connection below, and a {@link Connection} to the handler above;
 * it keeps the contract of both. It knows nothing of the transport, so it works on each.
 *
 * <p>One object serves all connections of a server, on every loop.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ConnectionLayer {

    /**
     * Called on the loop of a connection that has just opened, before its first event.
     *
     * <p>The layer calls exactly one method of {@code above}, once, on the same loop:
     * {@link Connector#onOpen} with its own connection when that can carry bytes, or
     * {@link Connector#onConnectFailed} if the connection below ends before. Either may be called
     * within this call. Until then whoever waits above may close the connection below at any time,
     * and does so when the layer takes too long.
     *
     * @return the handler of the connection below; if this throws, that connection is aborted, and
     *     {@code above} is not called
     */
    ConnectionHandler onOpen(Connection below, Connector above);

    /**
     * {@return a connector whose connections reach {@code above} through this layer}
     */
    default Connector through(Connector above) {
        Objects.requireNonNull(above, "above");
        return new Connector() {
            @Override
            public ConnectionHandler onOpen(Connection below) {
                return ConnectionLayer.this.onOpen(below, above);
            }

            @Override
            public void onConnectFailed(IOException cause) {
                above.onConnectFailed(cause);
            }
        };
    }

    /** {@return this layer below, and {@code next} above it} */
    default ConnectionLayer then(ConnectionLayer next) {
        Objects.requireNonNull(next, "next");
        return (below, above) -> onOpen(below, next.through(above));
    }
}
