package dev.heartbeat.netty;

import dev.heartbeat.sockets.ListeningSocket;
import dev.heartbeat.sockets.StreamSocket;
import dev.heartbeat.spi.TransportOptions;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sockets by the system calls of Netty's native libraries, which are for Linux. */
final class NativeSockets implements SocketKind {

    private static final Logger log = LoggerFactory.getLogger(NativeSockets.class);

    private static final int RESET_ON_CLOSE = 0;

    // Constants of netinet/tcp.h, since those in Netty are for its channels.
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_USER_TIMEOUT = 18;
    private static final int TCP_NOTSENT_LOWAT = 25;
    private static final int TCP_INFO = 11;
    /**
     * The size of {@code struct tcp_info}, up to and with tcpi_bytes_acked, which Linux has since
     * 4.1.
     */
    private static final int TCP_INFO_BYTES = 128;

    private static final int BYTES_ACKED = 120;

    private final TransportOptions options;
    private final Polling polling;

    NativeSockets(TransportOptions options, Polling polling) {
        this.options = options;
        this.polling = polling;
    }

    /** Brings such a socket to a loop. */
    interface Polling {
        NettyHandle newHandle(NettyEventLoop loop, Socket socket);
    }

    /** As the loop polls, which makes such sockets. */
    static NettyHandle newHandle(NettyEventLoop loop, Socket socket) {
        return ((NativeSockets) loop.kind()).polling.newHandle(loop, socket);
    }

    @Override
    public StreamSocket open() {
        return new NativeStream(Socket.newSocketStream());
    }

    @Override
    public void setUp(StreamSocket socket) throws IOException {
        Socket tcp = ((NativeStream) socket).socket();
        // The bus batches by itself; a beat that waits for more to send would only be late.
        tcp.setTcpNoDelay(true);
        // For what the liveness protocol does not see, such as a peer that never registers.
        tcp.setKeepAlive(true);
        tcp.setSendBufferSize(options.sendBufferBytes());
        if (options.receiveBufferBytes() != 0) {
            tcp.setReceiveBufferSize(options.receiveBufferBytes());
        }
        if (!options.userTimeout().isZero()) {
            tcp.setIntOpt(
                    IPPROTO_TCP, TCP_USER_TIMEOUT, (int) options.userTimeout().toMillis());
        }
        if (options.unsentLowWaterBytes() != 0) {
            tcp.setIntOpt(IPPROTO_TCP, TCP_NOTSENT_LOWAT, options.unsentLowWaterBytes());
        }
    }

    @Override
    public ListeningSocket listen(InetSocketAddress address) throws IOException {
        Socket socket = Socket.newSocketStream();
        try {
            // Lets a restarted server have its port back while connections of the old one linger.
            socket.setReuseAddress(true);
            if (options.receiveBufferBytes() != 0) {
                // A peer that connects learns how much there is room for, before anybody accepts.
                socket.setReceiveBufferSize(options.receiveBufferBytes());
            }
            if (options.reusePort()) {
                socket.setReusePort(true);
            }
            socket.bind(address);
            socket.listen(options.backlog());
            return new NativePort(socket);
        } catch (IOException | RuntimeException e) {
            close(socket);
            throw e;
        }
    }

    /**
     * The number of bytes that the peer has acknowledged; 0 where the system does not report it.
     */
    static long acknowledgedBytes(Socket socket) {
        try {
            ByteBuffer info = ByteBuffer.allocate(TCP_INFO_BYTES).order(ByteOrder.nativeOrder());
            socket.getRawOpt(IPPROTO_TCP, TCP_INFO, info);
            return info.getLong(BYTES_ACKED);
        } catch (IOException e) {
            log.debug("no TCP_INFO of {}", socket, e);
            return 0;
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
