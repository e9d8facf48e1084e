package dev.heartbeat.spi;

import java.net.InetSocketAddress;

/**
 * The side of a listener that a {@link Transport} calls.
 *
 * @since 0.1
 */
public interface Acceptor {

    /**
     * {@return whether to keep a connection; asked before anything else happens to it, so that a
     * limit costs next to nothing} A refused connection is aborted and heard of no more. For one
     * that is kept, exactly one call of {@link #onOpen} or {@link #onAbandoned} follows. Called on
     * any of the transport's threads, by several at a time; must not block.
     */
    boolean onAccept(InetSocketAddress remote);

    /**
     * Called for a connection kept, on its event loop, before its first event. Returns the handler
     * of its events; if it throws, the connection is aborted, and its end is not reported.
     *
     * @return the handler of the connection's events
     */
    ConnectionHandler onOpen(Connection connection);

    /**
     * Called for a connection kept that ended before it could open: its socket could not be set up,
     * or the transport closes. Whatever was counted for it is to be given back. Called on any of
     * the transport's threads, by several at a time; must not block.
     */
    default void onAbandoned(InetSocketAddress remote) {}
}
