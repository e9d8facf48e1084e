package dev.heartbeat.sockets;

import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets up channels of {@code java.nio}, and gets rid of them. Any thread. */
public final class TcpSettings {

    private static final Logger log = LoggerFactory.getLogger(TcpSettings.class);
    private static final LogEvent NO_USER_TIMEOUT = LogEvent.warn(
            TcpSettings.class,
            "heartbeat.transport.no_user_timeout",
            "java.nio cannot set TCP_USER_TIMEOUT, so the option userTimeout has no effect");
    private static final LogEvent NO_UNSENT_LOW_WATER = LogEvent.warn(
            TcpSettings.class,
            "heartbeat.transport.no_unsent_low_water",
            "java.nio cannot set TCP_NOTSENT_LOWAT, so the option unsentLowWaterBytes has no effect");

    private static final int RESET_ON_CLOSE = 0;

    private final TransportOptions options;

    /** As the options say; what they ask for in vain is said in the log. */
    public TcpSettings(TransportOptions options) {
        this.options = options;
        if (!options.userTimeout().isZero()) {
            NO_USER_TIMEOUT.log();
        }
        if (options.unsentLowWaterBytes() != 0) {
            NO_UNSENT_LOW_WATER.log();
        }
    }

    /** For a connection, before it connects or after it was accepted. */
    public void apply(SocketChannel socket) throws IOException {
        socket.configureBlocking(false);
        // The bus batches by itself; a beat that waits for more to send would only be late.
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        // For what the liveness protocol does not see, such as a peer that never registers.
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        socket.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferBytes());
        if (options.receiveBufferBytes() != 0) {
            socket.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferBytes());
        }
    }

    /** Has it listen. */
    public void bind(ServerSocketChannel socket, InetSocketAddress address) throws IOException {
        socket.configureBlocking(false);
        // Lets a restarted server have its port back while connections of the old one linger.
        socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        if (options.receiveBufferBytes() != 0) {
            // A peer that connects learns how much there is room for, before anybody accepts.
            socket.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferBytes());
        }
        if (options.reusePort()) {
            if (!socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                throw new IOException("this system has no SO_REUSEPORT, which the option reusePort asks for");
            }
            socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        socket.bind(address, options.backlog());
    }

    /** Has the peer see a reset, and the kernel forget it, when it is closed. */
    public static void resetOnClose(SocketChannel socket) {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, RESET_ON_CLOSE);
        } catch (IOException e) {
            log.debug("no reset for {}, closing it plainly", socket, e);
        }
    }

    /** Closes it whatever happens. */
    public static void close(Channel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The descriptor is gone all the same, and nobody could do anything about it.
            log.debug("closing {}", socket, e);
        }
    }
}
