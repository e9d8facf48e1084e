package dev.heartbeat.netty;

import dev.heartbeat.sockets.SocketUser;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Netty's view of a socket: the user to notify that it is ready. It is a link in the chain of all
 * those on its loop.
 */
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

    /**
     * Has Netty report these operations, as in
     * {@link java.nio.channels.SelectionKey#interestOps()}, and no other.
     */
    abstract void submit(IoRegistration to, int operations);

    /**
     * Closes the descriptor, and has Netty forget it: at once, or soon where the system is still
     * busy with it.
     */
    abstract void close(IoRegistration of, NettySocket socket);

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

    final SocketUser user() {
        return Objects.requireNonNull(user);
    }

    final void await(int operations) {
        awaited = operations;
        submit(registration(), operations);
    }

    /** The operations its user waits for. */
    final int awaited() {
        return awaited;
    }

    /** Notifies its user which of the operations it waits for are ready. */
    final void ready(int operations) {
        int heard = operations & awaited;
        if (heard != 0) {
            loop.ready(user(), heard);
        }
    }

    final void close(NettySocket socket) {
        awaited = 0;
        loop.remove(this);
        close(registration(), socket);
    }

    /** Called by Netty, when its loop is shut down. */
    @Override
    public void close() {
        loop.shutDown();
    }

    private IoRegistration registration() {
        return Objects.requireNonNull(registration);
    }
}
