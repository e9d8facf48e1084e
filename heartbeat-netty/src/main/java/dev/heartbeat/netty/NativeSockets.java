package dev.heartbeat.netty;

import dev.heartbeat.socket.ListeningSocket;
import dev.heartbeat.socket.StreamSocket;
import dev.heartbeat.spi.TransportOptions;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sockets by Netty's native library. */
final class NativeSockets implements SocketKind {

    private static final Logger log = LoggerFactory.getLogger(NativeSockets.class);

    private static final int RESET_ON_CLOSE = 0;

    @Override
    public IoHandlerFactory ioHandlers() {
        return EpollIoHandler.newFactory();
    }

    NettyHandle newHandle(NettyEventLoop loop, Socket socket) {
        return new EpollHandle(loop, socket);
    }

    @Override
    public StreamSocket open() {
        return new NativeStream(Socket.newSocketStream(), this);
    }

    @Override
    public void setUp(StreamSocket socket, TransportOptions options) throws IOException {
        Socket tcp = ((NativeStream) socket).socket();
        tcp.setTcpNoDelay(true);
        tcp.setKeepAlive(true);
        tcp.setSendBufferSize(options.sendBufferBytes());
    }

    @Override
    public ListeningSocket listen(InetSocketAddress address, TransportOptions options) throws IOException {
        Socket socket = Socket.newSocketStream();
        try {
            socket.setReuseAddress(true);
            if (options.reusePort()) {
                socket.setReusePort(true);
            }
            socket.bind(address);
            socket.listen(options.backlog());
            return new NativePort(socket, this);
        } catch (IOException | RuntimeException e) {
            close(socket);
            throw e;
        }
    }

    /** Has the peer see a reset, and the kernel forget it, when it is closed. */
    static void resetOnClose(Socket socket) {
        try {
            socket.setSoLinger(RESET_ON_CLOSE);
        } catch (IOException e) {
            log.debug("no reset for {}, closing it plainly", socket, e);
        }
    }

    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The descriptor is gone all the same, and nobody could do anything about it.
            log.debug("closing {}", socket, e);
        }
    }
}
