package dev.heartbeat.nio;

import dev.heartbeat.sockets.PolledSocket;
import dev.heartbeat.sockets.SocketUser;
import dev.heartbeat.sockets.TcpSettings;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A channel of {@code java.nio}, and what hangs on its selection key. */
abstract class NioSocket implements PolledSocket {

    private @Nullable SelectionKey key;
    private @Nullable SocketUser user;

    abstract SelectableChannel channel();

    void poll(Poller poller, SocketUser next, int operations) throws IOException {
        user = next;
        if (key == null) {
            key = poller.register(channel(), operations);
            key.attach(this);
        } else {
            key.interestOps(operations);
        }
    }

    /** The user to notify; there is one for each that is polled. */
    SocketUser user() {
        return Objects.requireNonNull(user);
    }

    @Override
    public void await(int operations) {
        Objects.requireNonNull(key).interestOps(operations);
    }

    @Override
    public boolean isOpen() {
        return channel().isOpen();
    }

    @Override
    public void close() {
        TcpSettings.close(channel());
    }
}
