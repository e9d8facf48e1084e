package dev.heartbeat.spi;

import java.util.Objects;

/**
 * A protocol between a client's connections and the bus. A client names the server it connects to,
 * which TLS verifies.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ClientLayer {

    /**
     * The layer of connections to this server. Any thread; does not block.
     *
     * @param host the name or the address that the client was given, whatever it resolves to
     * @param port the server's port
     * @return the layer, which serves all connections to it
     */
    ConnectionLayer to(String host, int port);

    /** {@return this layer below, and {@code next} above it} */
    default ClientLayer then(ClientLayer next) {
        Objects.requireNonNull(next, "next");
        return (host, port) -> to(host, port).then(next.to(host, port));
    }
}
