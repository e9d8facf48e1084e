package dev.heartbeat.netty;

import dev.heartbeat.socket.ListeningSocket;
import dev.heartbeat.socket.StreamSocket;
import dev.heartbeat.spi.TransportOptions;
import io.netty.channel.IoHandlerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Makes the sockets that fit a way of polling them. */
interface SocketKind {

    IoHandlerFactory ioHandlers();

    /** Makes one that no loop polls yet. */
    StreamSocket open() throws IOException;

    /** Sets up one of this kind. */
    void setUp(StreamSocket socket, TransportOptions options) throws IOException;

    ListeningSocket listen(InetSocketAddress address, TransportOptions options) throws IOException;
}
