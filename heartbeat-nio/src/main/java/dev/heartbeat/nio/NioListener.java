package dev.heartbeat.nio;

import dev.heartbeat.spi.AcceptPace;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound port. It lives on one loop, asks there whether to keep a connection, and hands those kept to all loops in
 * turn.
 *
 * <p>When the process has no descriptor left, accepting fails and the connection stays in the kernel's queue, so that
 * the selector would report it without end. The listener takes itself out of the selector for a while instead. So it
 * does where connections come faster than they are to be accepted.
 */
final class NioListener implements Listener, LoopSocket {

    private static final Logger log = LoggerFactory.getLogger(NioListener.class);

    /** In one turn; then the loop's connections are heard, since those kept before matter more than the next. */
    private static final int ACCEPTS_PER_TURN = 64;

    private final NioEventLoop loop;
    private final SelectionKey key;
    private final InetSocketAddress address;
    private final Acceptor acceptor;
    private final Supplier<NioEventLoop> nextLoop;
    private final AcceptBackoff backoff = new AcceptBackoff();
    private final AcceptPace pace;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private Timers.@Nullable Timer retry;

    private NioListener(
            NioEventLoop loop,
            SelectionKey key,
            InetSocketAddress address,
            Acceptor acceptor,
            Supplier<NioEventLoop> nextLoop) {
        this.loop = loop;
        this.key = key;
        this.address = address;
        this.acceptor = acceptor;
        this.nextLoop = nextLoop;
        this.pace = new AcceptPace(loop.options());
    }

    /** Binds and begins to accept; the error names the address. On the loop. */
    static NioListener open(
            NioEventLoop loop, InetSocketAddress address, Acceptor acceptor, Supplier<NioEventLoop> nextLoop)
            throws IOException {
        ServerSocketChannel socket = null;
        try {
            socket = ServerSocketChannel.open();
            loop.tcp().bind(socket, address);
            SelectionKey key = loop.register(socket, SelectionKey.OP_ACCEPT);
            InetSocketAddress bound = (InetSocketAddress) socket.getLocalAddress();
            NioListener listener = new NioListener(loop, key, bound, acceptor, nextLoop);
            key.attach(listener);
            return listener;
        } catch (IOException | RuntimeException e) {
            if (socket != null) {
                TcpSettings.close(socket);
            }
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return address;
    }

    // Accepting

    @Override
    public void onReady(int operations) {
        try {
            boolean more = true;
            for (int accepts = 0; more && accepts < ACCEPTS_PER_TURN && key.isValid(); accepts++) {
                long waitNs = pace.waitNs(loop.nowNs());
                if (waitNs > 0) {
                    rest(Duration.ofNanos(waitNs));
                    return;
                }
                more = acceptOne();
            }
        } catch (IOException e) {
            pause(e);
        }
    }

    private boolean acceptOne() throws IOException {
        SocketChannel socket = ((ServerSocketChannel) key.channel()).accept();
        if (socket == null) {
            return false;
        }
        if (!backoff.isFresh()) {
            log.info("accepting on {} again", address);
            backoff.succeeded();
        }
        pace.accepted(loop.nowNs());
        admit(socket);
        return true;
    }

    private void admit(SocketChannel socket) {
        try {
            InetSocketAddress remote = (InetSocketAddress) socket.getRemoteAddress();
            if (acceptor.onAccept(remote)) {
                NioEventLoop home = nextLoop.get();
                home.execute(() -> settle(socket, remote, home));
            } else {
                TcpSettings.abort(socket);
            }
        } catch (RejectedExecutionException e) {
            // The transport is closing.
            TcpSettings.abort(socket);
        } catch (Throwable e) {
            log.error("a connection on {} is aborted", address, e);
            TcpSettings.abort(socket);
        }
    }

    /** On the loop that is to be its home. */
    private void settle(SocketChannel socket, InetSocketAddress remote, NioEventLoop home) {
        try {
            home.tcp().apply(socket);
            NioConnection.open(home, home.register(socket, 0), remote, acceptor::onOpen);
        } catch (IOException e) {
            log.debug("the connection from {} ended before it began", remote, e);
            TcpSettings.abort(socket);
        } catch (Throwable e) {
            TcpSettings.abort(socket);
            throw e;
        }
    }

    // Where accepting fails, or is too fast

    private void pause(IOException e) {
        if (backoff.isFresh()) {
            log.warn("cannot accept on {}, trying until it works: {}", address, e.getMessage());
        }
        rest(backoff.failed());
    }

    private void rest(Duration delay) {
        key.interestOps(0);
        retry = loop.after(delay, () -> key.interestOps(SelectionKey.OP_ACCEPT));
    }

    // Closing

    @Override
    public CompletableFuture<Void> close() {
        try {
            loop.execute(this::onTransportClosing);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and has closed it before.
            log.trace("{} is closed already", address, e);
        }
        return closed.copy();
    }

    @Override
    public void onTransportClosing() {
        if (!key.isValid()) {
            return;
        }
        if (retry != null) {
            retry.cancel();
        }
        TcpSettings.close(key.channel());
        // The selector holds the port until its next poll; tasks of the next turn come after that.
        loop.execute(() -> closed.complete(null));
    }
}
