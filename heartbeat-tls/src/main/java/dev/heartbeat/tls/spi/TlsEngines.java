package dev.heartbeat.tls.spi;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Makes the engines of connections. Any thread; making one may take a while. Each engine takes and
 * makes one record at a call, as those of the JDK do.
 *
 * @since 0.1
 */
public interface TlsEngines {

    /**
     * One for the server's side.
     *
     * @return an engine that has not begun
     */
    SSLEngine newServer() throws SSLException;

    /**
     * One for the client's side of a connection to this server. Sessions are resumed by host and
     * port.
     *
     * @param host the name to verify, and to send where it is no literal of an address
     * @return an engine that has not begun
     */
    SSLEngine newClient(String host, int port) throws SSLException;

    /** Frees what an engine holds outside the heap. Once for each; nobody uses it any more. */
    default void release(SSLEngine engine) {}

    /** {@return whether engines copy less where plaintext lies in direct memory} */
    default boolean prefersDirectMemory() {
        return false;
    }
}
