package dev.heartbeat.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * A port that several processes are to listen on, held for as long as they may come and go: nobody
 * else gets it between the end of one and the start of the next. It is bound and does not listen,
 * so no connection goes to it.
 */
final class ReservedPort implements AutoCloseable {
    private static final int MAX_PORT = 65_535;

    private final SocketChannel socket;
    private final InetSocketAddress address;

    private ReservedPort(SocketChannel socket) throws IOException {
        this.socket = socket;
        this.address = (InetSocketAddress) socket.getLocalAddress();
    }

    /**
     * Takes the port, or a free one for 0. If it is not to be shared with processes that others
     * started, those must not have it, though they would share it: half of the nodes would go to
     * them.
     *
     * @throws IllegalArgumentException in the library's words, if there is no such port
     * @throws Failure if it cannot be had
     */
    static ReservedPort take(String host, int port, boolean shared) {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port is " + port + ", allowed is 0 to " + MAX_PORT);
        }
        InetSocketAddress wanted = new InetSocketAddress(host, port);
        if (wanted.isUnresolved()) {
            throw new Failure("cannot listen on " + host + ": unknown host");
        }
        try {
            SocketChannel socket = SocketChannel.open();
            try {
                // Connections of servers before that linger are no reason not to start.
                socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                if (shared) {
                    socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                }
                socket.bind(wanted);
                socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                return new ReservedPort(socket);
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            throw new Failure("cannot listen on " + Addresses.format(wanted) + ": " + e.getMessage());
        }
    }

    InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
