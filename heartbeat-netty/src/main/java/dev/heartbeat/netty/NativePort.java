package dev.heartbeat.netty;

import dev.heartbeat.sockets.ListeningSocket;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A bound port, by Netty's native system calls. */
final class NativePort extends NettySocket implements ListeningSocket {

    /** Its length in the first byte, an address of IPv6 with its scope, and the port. */
    private static final int ADDRESS_BYTES = 26;

    private final Socket socket;
    private final byte[] peer = new byte[ADDRESS_BYTES];

    NativePort(Socket socket) {
        this.socket = socket;
    }

    @Override
    NettyHandle newHandle(NettyEventLoop loop) {
        return NativeSockets.newHandle(loop, socket);
    }

    @Override
    public InetSocketAddress localAddress() {
        return socket.localAddress();
    }

    @Override
    public @Nullable Accepted accept() throws IOException {
        int accepted = socket.accept(peer);
        if (accepted < 0) {
            return null;
        }
        InetSocketAddress remote = NativeInetAddress.address(peer, 1, peer[0]);
        return new Accepted(new NativeStream(new Socket(accepted)), remote);
    }

    @Override
    void closeDescriptor() {
        NativeSockets.close(socket);
    }
}
