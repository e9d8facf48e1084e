package dev.heartbeat.netty;

import dev.heartbeat.socket.ListeningSocket;
import dev.heartbeat.socket.StreamSocket;
import dev.heartbeat.spi.TransportOptions;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sockets of {@code java.nio}. */
final class ChannelSockets implements SocketKind {

    private static final Logger log = LoggerFactory.getLogger(ChannelSockets.class);

    private static final int RESET_ON_CLOSE = 0;

    @Override
    public IoHandlerFactory ioHandlers() {
        return NioIoHandler.newFactory();
    }

    @Override
    public StreamSocket open() throws IOException {
        return new ChannelStream(SocketChannel.open());
    }

    @Override
    public void setUp(StreamSocket socket, TransportOptions options) throws IOException {
        SocketChannel channel = ((ChannelStream) socket).channel();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferBytes());
    }

    @Override
    public ListeningSocket listen(InetSocketAddress address, TransportOptions options) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (options.reusePort()) {
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            channel.bind(address, options.backlog());
            return new ChannelPort(channel);
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    /** Has the peer see a reset, and the kernel forget it, when it is closed. */
    static void resetOnClose(SocketChannel socket) {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, RESET_ON_CLOSE);
        } catch (IOException e) {
            log.debug("no reset for {}, closing it plainly", socket, e);
        }
    }

    static void close(Channel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The descriptor is gone all the same, and nobody could do anything about it.
            log.debug("closing {}", socket, e);
        }
    }
}
