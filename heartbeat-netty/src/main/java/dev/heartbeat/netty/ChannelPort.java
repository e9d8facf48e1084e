package dev.heartbeat.netty;

import dev.heartbeat.sockets.ListeningSocket;
import dev.heartbeat.sockets.TcpSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A bound port, by {@code java.nio}. */
final class ChannelPort extends NettySocket implements ListeningSocket {

    private final ServerSocketChannel channel;

    ChannelPort(ServerSocketChannel channel) {
        this.channel = channel;
    }

    @Override
    NettyHandle newHandle(NettyEventLoop loop) {
        return new NioHandle(loop, channel);
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
            return new Accepted(new ChannelStream(accepted), (InetSocketAddress) accepted.getRemoteAddress());
        } catch (IOException | RuntimeException e) {
            TcpSettings.close(accepted);
            throw e;
        }
    }

    @Override
    void closeDescriptor() {
        TcpSettings.close(channel);
    }
}
