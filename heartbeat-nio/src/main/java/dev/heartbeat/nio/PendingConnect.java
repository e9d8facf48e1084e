package dev.heartbeat.nio;

import dev.heartbeat.spi.Connector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connect on its way: it ends with a connection, or with an error that names the address. On its loop's thread. */
final class PendingConnect implements LoopSocket {

    private static final Logger log = LoggerFactory.getLogger(PendingConnect.class);

    private final NioEventLoop loop;
    private final InetSocketAddress remote;
    private final Connector connector;
    private final SelectionKey key;
    private final Timers.Timer timeout;

    private PendingConnect(NioEventLoop loop, InetSocketAddress remote, Connector connector, SelectionKey key) {
        this.loop = loop;
        this.remote = remote;
        this.connector = connector;
        this.key = key;
        this.timeout = loop.after(loop.options().connectTimeout(), this::onTimeout);
    }

    static void begin(NioEventLoop loop, InetSocketAddress remote, Connector connector) {
        try {
            SocketChannel socket = SocketChannel.open();
            try {
                begin(loop, remote, connector, socket);
            } catch (Throwable e) {
                TcpSettings.close(socket);
                throw e;
            }
        } catch (Throwable e) {
            tellFailure(connector, remote, e);
        }
    }

    private static void begin(NioEventLoop loop, InetSocketAddress remote, Connector connector, SocketChannel socket)
            throws IOException {
        TcpSettings.requireResolved(remote);
        loop.tcp().apply(socket);
        SelectionKey key = loop.register(socket, SelectionKey.OP_CONNECT);
        if (socket.connect(remote)) {
            NioConnection.open(loop, key, remote, connector::onOpen);
        } else {
            key.attach(new PendingConnect(loop, remote, connector, key));
        }
    }

    @Override
    public void onReady(int operations) {
        try {
            if (((SocketChannel) key.channel()).finishConnect()) {
                timeout.cancel();
                NioConnection.open(loop, key, remote, connector::onOpen);
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private void onTimeout() {
        Duration limit = loop.options().connectTimeout();
        fail(new SocketTimeoutException("no answer within " + limit.toMillis() + " ms"));
    }

    @Override
    public void onTransportClosing() {
        fail(new IOException("the transport is closed"));
    }

    private void fail(IOException e) {
        timeout.cancel();
        TcpSettings.close(key.channel());
        tellFailure(connector, remote, e);
    }

    static void tellFailure(Connector connector, InetSocketAddress remote, Throwable e) {
        try {
            connector.onConnectFailed(new IOException("cannot connect to " + remote + ": " + e.getMessage(), e));
        } catch (Throwable thrown) {
            log.error("the connector to {} threw", remote, thrown);
        }
    }
}
