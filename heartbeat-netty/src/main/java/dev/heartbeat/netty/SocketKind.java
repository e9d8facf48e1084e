package dev.heartbeat.netty;

import dev.heartbeat.sockets.ListeningSocket;
import dev.heartbeat.sockets.StreamSocket;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Makes the sockets of a transport, as its options say. */
interface SocketKind {

    /**
     * Makes one that no loop polls yet.
     *
     * @return the socket
     */
    StreamSocket open() throws IOException;

    /** Sets up one of this kind, before it connects or after it was accepted. */
    void setUp(StreamSocket socket) throws IOException;

    /**
     * Makes one that listens.
     *
     * @return the socket
     */
    ListeningSocket listen(InetSocketAddress address) throws IOException;
}
