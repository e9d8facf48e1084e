package dev.heartbeat.nio;

import dev.heartbeat.sockets.ListeningSocket;
import dev.heartbeat.sockets.TcpSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A bound port. */
final class NioPort extends NioSocket implements ListeningSocket {

    private final ServerSocketChannel channel;

    private NioPort(ServerSocketChannel channel) {
        this.channel = channel;
    }

    static NioPort bind(InetSocketAddress address, TcpSettings tcp) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            tcp.bind(channel, address);
            return new NioPort(channel);
        } catch (IOException | RuntimeException e) {
            TcpSettings.close(channel);
            throw e;
        }
    }

    @Override
    ServerSocketChannel channel() {
        return channel;
    }

    @Override
    public InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    @Override
    public @Nullable Accepted accept() throws IOException {
        SocketChannel accepted = channel.accept();
        if (accepted == null) {
            return null;
        }
        try {
            return new Accepted(new NioStream(accepted), (InetSocketAddress) accepted.getRemoteAddress());
        } catch (IOException | RuntimeException e) {
            TcpSettings.close(accepted);
            throw e;
        }
    }
}
