package dev.heartbeat.sockets;

import dev.heartbeat.spi.Connector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.time.Duration;

/**
 * A connect on its way: it ends with a connection, or with an error that names the address. On its
 * loop's thread.
 */
final class PendingConnect implements SocketUser {

    private final SocketLoop loop;
    private final InetSocketAddress remote;
    private final Connector connector;
    private final StreamSocket socket;
    private final Timers.Timer timeout;

    private PendingConnect(SocketLoop loop, InetSocketAddress remote, Connector connector, StreamSocket socket) {
        this.loop = loop;
        this.remote = remote;
        this.connector = connector;
        this.socket = socket;
        this.timeout = loop.after(loop.options().connectTimeout(), this::onTimeout);
    }

    static void begin(SocketLoop loop, InetSocketAddress remote, Connector connector) {
        try {
            requireResolved(remote);
            StreamSocket socket = loop.openStream();
            try {
                begin(loop, remote, connector, socket);
            } catch (Throwable e) {
                socket.close();
                throw e;
            }
        } catch (Throwable e) {
            tellFailure(connector, remote, e);
        }
    }

    private static void begin(SocketLoop loop, InetSocketAddress remote, Connector connector, StreamSocket socket)
            throws IOException {
        loop.setUp(socket);
        if (socket.connect(remote)) {
            SocketConnection.attach(loop, socket, remote).open(connector::onOpen);
        } else {
            new PendingConnect(loop, remote, connector, socket).await();
        }
    }

    static void requireResolved(InetSocketAddress address) throws UnknownHostException {
        if (address.isUnresolved()) {
            throw new UnknownHostException("unknown host");
        }
    }

    private void await() throws IOException {
        try {
            loop.attach(socket, this, SelectionKey.OP_CONNECT);
        } catch (Throwable e) {
            timeout.cancel();
            throw e;
        }
    }

    @Override
    public void onReady(int operations) {
        SocketConnection connected;
        try {
            if (!socket.finishConnect()) {
                return;
            }
            timeout.cancel();
            connected = SocketConnection.attach(loop, socket, remote);
        } catch (Throwable e) {
            fail(e);
            return;
        }
        connected.open(connector::onOpen);
    }

    private void onTimeout() {
        Duration limit = loop.options().connectTimeout();
        fail(new SocketTimeoutException("no answer within " + limit.toMillis() + " ms"));
    }

    @Override
    public void onTransportClosing() {
        fail(new IOException("the transport is closed"));
    }

    private void fail(Throwable e) {
        timeout.cancel();
        try {
            socket.close();
        } finally {
            tellFailure(connector, remote, e);
        }
    }

    /** Whoever throws here throws at its loop, which counts it. */
    static void tellFailure(Connector connector, InetSocketAddress remote, Throwable e) {
        connector.onConnectFailed(new IOException("cannot connect to " + remote + ": " + reason(e), e));
    }

    private static String reason(Throwable e) {
        return e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
    }
}
