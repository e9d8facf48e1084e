package dev.heartbeat.netty;

import dev.heartbeat.sockets.ListeningSocket;
import dev.heartbeat.sockets.StreamSocket;
import dev.heartbeat.sockets.TcpSettings;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Sockets of {@code java.nio}. */
final class ChannelSockets implements SocketKind {

    private final TcpSettings tcp;

    ChannelSockets(TransportOptions options) {
        tcp = new TcpSettings(options);
    }

    @Override
    public StreamSocket open() throws IOException {
        return new ChannelStream(SocketChannel.open());
    }

    @Override
    public void setUp(StreamSocket socket) throws IOException {
        tcp.apply(((ChannelStream) socket).channel());
    }

    @Override
    public ListeningSocket listen(InetSocketAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            tcp.bind(channel, address);
            return new ChannelPort(channel);
        } catch (IOException | RuntimeException e) {
            TcpSettings.close(channel);
            throw e;
        }
    }
}
