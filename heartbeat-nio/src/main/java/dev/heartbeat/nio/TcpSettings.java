package dev.heartbeat.nio;

import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the transport sets its sockets up, and how it gets rid of them. */
final class TcpSettings {

    private static final Logger log = LoggerFactory.getLogger(TcpSettings.class);

    private static final int RESET_ON_CLOSE = 0;

    private final TransportOptions options;

    TcpSettings(TransportOptions options) {
        this.options = options;
    }

    void apply(SocketChannel socket) throws IOException {
        socket.configureBlocking(false);
        // The bus batches by itself; a beat that waits for more to send would only be late.
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        // For what the liveness protocol does not see, such as a peer that never registers.
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        socket.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferBytes());
    }

    void bind(ServerSocketChannel socket, InetSocketAddress address) throws IOException {
        socket.configureBlocking(false);
        // Lets a restarted server have its port back while connections of the old one linger.
        socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        if (options.reusePort()) {
            if (!socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                throw new IOException("this system has no SO_REUSEPORT, which the option reusePort asks for");
            }
            socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        socket.bind(address, options.backlog());
    }

    /** Closes it so that the peer sees a reset and the kernel forgets it. */
    static void abort(SocketChannel socket) {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, RESET_ON_CLOSE);
        } catch (IOException e) {
            log.debug("no reset for {}, closing it plainly", socket, e);
        }
        close(socket);
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
