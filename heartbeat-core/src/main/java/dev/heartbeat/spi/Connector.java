package dev.heartbeat.spi;

import java.io.IOException;

/**
 * Hears how {@link Transport#connect} ended: exactly one of the two is called, once, on the
 * connection's event loop.
 *
 * @since 0.1
 */
public interface Connector {

    /**
     * It is connected. Returns who handles its events; if it throws, the connection is aborted.
     *
     * @return the handler of the connection's events
     */
    ConnectionHandler onOpen(Connection connection);

    /** It was refused, timed out, or could not be tried. The message names the address. */
    void onConnectFailed(IOException cause);
}
