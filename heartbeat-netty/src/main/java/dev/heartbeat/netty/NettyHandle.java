package dev.heartbeat.netty;

import dev.heartbeat.socket.SocketUser;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Netty knows of a socket: whom to tell that it is ready. It is a link in the chain of all those on its loop. */
abstract class NettyHandle implements IoHandle {

    private final NettyEventLoop loop;
    private @Nullable IoRegistration registration;
    private @Nullable SocketUser user;
    private int awaited;

    @Nullable
    NettyHandle previous;

    @Nullable
    NettyHandle next;

    NettyHandle(NettyEventLoop loop) {
        this.loop = loop;
    }

    /** What to submit to hear of these operations, as in {@link java.nio.channels.SelectionKey#interestOps()}. */
    abstract IoOps ops(int operations);

    final NettyEventLoop loop() {
        return loop;
    }

    final void register() throws IOException {
        // On the loop it is done at once.
        Future<IoRegistration> done = loop.netty().register(this);
        if (!done.isSuccess()) {
            throw new IOException("the event loop takes no more sockets", done.cause());
        }
        registration = done.getNow();
        loop.add(this);
    }

    final void tell(SocketUser told) {
        user = told;
    }

    final void await(int operations) {
        awaited = operations;
        Objects.requireNonNull(registration).submit(ops(operations));
    }

    /** The operations its user waits for. */
    final int awaited() {
        return awaited;
    }

    final SocketUser user() {
        return Objects.requireNonNull(user);
    }

    final void ready(int operations) {
        if (operations != 0) {
            loop.ready(user(), operations);
        }
    }

    /** Its socket has been closed. */
    final void cancel() {
        loop.remove(this);
        Objects.requireNonNull(registration).cancel();
    }

    /** By Netty, when its loop is shut down. */
    @Override
    public final void close() {
        loop.shutDown();
    }
}
