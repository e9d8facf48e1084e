package dev.heartbeat.nio;

import dev.heartbeat.sockets.StreamSocket;
import dev.heartbeat.sockets.TcpSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One end of a connection. There may be a million, so think before adding a field. */
final class NioStream extends NioSocket implements StreamSocket {

    private final SocketChannel channel;

    NioStream(SocketChannel channel) {
        this.channel = channel;
    }

    static NioStream open() throws IOException {
        return new NioStream(SocketChannel.open());
    }

    @Override
    SocketChannel channel() {
        return channel;
    }

    @Override
    public boolean connect(InetSocketAddress remote) throws IOException {
        return channel.connect(remote);
    }

    @Override
    public boolean finishConnect() throws IOException {
        return channel.finishConnect();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return channel.write(from);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        return channel.write(from, offset, length);
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void abort() {
        TcpSettings.resetOnClose(channel);
        close();
    }
}
