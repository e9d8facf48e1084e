package dev.heartbeat.netty;

import dev.heartbeat.sockets.PolledSocket;
import dev.heartbeat.sockets.SocketUser;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket that a Netty event loop polls, by its {@link NettyHandle}. There may be a million, so
 * think before adding a field.
 */
abstract class NettySocket implements PolledSocket {

    private @Nullable NettyHandle handle;
    private boolean closed;

    /** Its place on a loop. */
    abstract NettyHandle newHandle(NettyEventLoop loop);

    /** Gives the descriptor back. */
    abstract void closeDescriptor();

    final void poll(NettyEventLoop loop, SocketUser user, int operations) throws IOException {
        NettyHandle present = handle;
        if (present == null) {
            present = newHandle(loop);
            present.register();
            handle = present;
        }
        present.tell(user);
        present.await(operations);
    }

    /** There is one once it is polled. */
    final NettyHandle handle() {
        return Objects.requireNonNull(handle, "not polled yet");
    }

    @Override
    public final void await(int operations) {
        handle().await(operations);
    }

    @Override
    public final boolean isOpen() {
        return !closed;
    }

    @Override
    public final void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (handle == null) {
            closeDescriptor();
        } else {
            handle.close(this);
        }
    }
}
