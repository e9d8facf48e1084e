package dev.heartbeat.spi;

import java.net.InetSocketAddress;

/** What a {@link Transport} asks of whoever listens. */
public interface Acceptor {

    /**
     * Whether to keep a connection; asked before anything else happens to it, so that a limit costs next to nothing. A
     * refused connection is aborted and heard of no more. Called on any of the transport's threads, by several at a time;
     * must not block.
     */
    boolean onAccept(InetSocketAddress remote);

    /**
     * Called once for each connection kept, on its event loop, before its first event. Returns who handles its events; if it
     * throws, the connection is aborted.
     */
    ConnectionHandler onOpen(Connection connection);
}
