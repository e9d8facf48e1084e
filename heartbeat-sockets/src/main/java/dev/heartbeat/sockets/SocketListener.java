package dev.heartbeat.sockets;

import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.sockets.ListeningSocket.Accepted;
import dev.heartbeat.spi.AcceptPace;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound port. It lives on one loop, asks there whether to keep a connection, and hands those kept
 * to all loops in turn.
 *
 * <p>When the process has no descriptor left, accepting fails and the connection stays in the
 * kernel's queue, so that the selector would report it without end. The listener takes itself out
 * of the selector for a while instead. So it does where connections come faster than they are to be
 * accepted.
 */
final class SocketListener implements Listener, SocketUser {

    private static final Logger log = LoggerFactory.getLogger(SocketListener.class);
    private static final LogEvent ACCEPTING_AGAIN =
            LogEvent.info(SocketListener.class, "heartbeat.listener.accepting_again", "accepting on {address} again");
    private static final LogEvent CANNOT_ACCEPT = LogEvent.warn(
            SocketListener.class,
            "heartbeat.listener.cannot_accept",
            "cannot accept on {address}: {problem}; retrying");

    /**
     * The limit in one turn; then the loop's connections are heard, since those kept before matter
     * more than the next.
     */
    private static final int ACCEPTS_PER_TURN = 64;

    private final SocketLoop loop;
    private final ListeningSocket socket;
    private final InetSocketAddress address;
    private final Acceptor acceptor;
    private final Supplier<SocketLoop> nextLoop;
    private final AcceptBackoff backoff = new AcceptBackoff();
    private final AcceptPace pace;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** While it rests: when it goes on. */
    private Timers.@Nullable Timer retry;

    private boolean paused;

    private SocketListener(
            SocketLoop loop,
            ListeningSocket socket,
            InetSocketAddress address,
            Acceptor acceptor,
            Supplier<SocketLoop> nextLoop) {
        this.loop = loop;
        this.socket = socket;
        this.address = address;
        this.acceptor = acceptor;
        this.nextLoop = nextLoop;
        this.pace = new AcceptPace(loop.options());
    }

    /** Binds and begins to accept; the error names the address. On the loop. */
    static SocketListener open(
            SocketLoop loop, InetSocketAddress address, Acceptor acceptor, Supplier<SocketLoop> nextLoop)
            throws IOException {
        ListeningSocket socket = null;
        try {
            PendingConnect.requireResolved(address);
            socket = loop.listenOn(address);
            SocketListener listener = new SocketListener(loop, socket, socket.localAddress(), acceptor, nextLoop);
            loop.attach(socket, listener, SelectionKey.OP_ACCEPT);
            return listener;
        } catch (IOException | RuntimeException e) {
            if (socket != null) {
                socket.close();
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
            for (int accepts = 0; more && !paused && accepts < ACCEPTS_PER_TURN && socket.isOpen(); accepts++) {
                long waitNs = pace.waitNs(loop.nowNs());
                if (waitNs > 0) {
                    rest(Duration.ofNanos(waitNs));
                    return;
                }
                more = acceptOne();
            }
        } catch (Throwable e) {
            pause(e);
        }
    }

    private boolean acceptOne() throws IOException {
        Accepted accepted = socket.accept();
        if (accepted == null) {
            return false;
        }
        if (!backoff.isFresh()) {
            ACCEPTING_AGAIN.log(address);
            backoff.succeeded();
        }
        admit(accepted.socket(), accepted.remote());
        return true;
    }

    private void admit(StreamSocket guest, InetSocketAddress remote) {
        if (!isWanted(remote)) {
            guest.abort();
            return;
        }
        pace.accepted(loop.nowNs());
        try {
            SocketLoop home = nextLoop.get();
            home.execute(() -> settle(guest, remote, home));
        } catch (Throwable e) {
            abandon(guest, remote, e);
        }
    }

    private boolean isWanted(InetSocketAddress remote) {
        try {
            return acceptor.onAccept(remote);
        } catch (Throwable e) {
            loop.failed("an acceptor", e);
            return false;
        }
    }

    /** On the loop that is to be its home. */
    private void settle(StreamSocket guest, InetSocketAddress remote, SocketLoop home) {
        SocketConnection connection;
        try {
            home.setUp(guest);
            connection = SocketConnection.attach(home, guest, remote);
        } catch (Throwable e) {
            abandon(guest, remote, e);
            return;
        }
        connection.open(acceptor::onOpen);
    }

    /** It was kept, and ends before it opens: who counts connections must hear of it. */
    private void abandon(StreamSocket guest, InetSocketAddress remote, Throwable why) {
        try {
            guest.abort();
        } finally {
            acceptor.onAbandoned(remote);
        }
        if (why instanceof IOException
                || why instanceof RejectedExecutionException) { // The peer's or the transport's end.
            log.debug("the connection from {} ended during its set-up", remote, why);
        } else {
            loop.failed("setting a connection up", why);
        }
    }

    // When accepting fails, or is too fast

    private void pause(Throwable e) {
        boolean isNews = backoff.isFresh();
        rest(backoff.failed());
        if (!(e instanceof IOException)) {
            loop.failed("accepting", e);
        } else if (isNews) {
            CANNOT_ACCEPT.log(address, e.getMessage());
        }
    }

    private void rest(Duration delay) {
        retry = loop.after(delay, () -> {
            retry = null;
            awaitConnections();
        });
        awaitConnections();
    }

    /** Not while it rests, or is paused. */
    private void awaitConnections() {
        socket.await(retry == null && !paused ? SelectionKey.OP_ACCEPT : 0);
    }

    @Override
    public void pauseAccepting() {
        setPaused(true);
    }

    @Override
    public void resumeAccepting() {
        setPaused(false);
    }

    private void setPaused(boolean now) {
        try {
            loop.execute(() -> {
                paused = now;
                if (socket.isOpen()) {
                    awaitConnections();
                }
            });
        } catch (RejectedExecutionException e) {
            log.trace("the loop of {} has ended", address, e);
        }
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
        return closed();
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed.copy();
    }

    @Override
    public void onTransportClosing() {
        if (!socket.isOpen()) {
            return;
        }
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
        socket.close();
        // The selector holds the port until its next poll; tasks of the next turn come after that.
        loop.execute(() -> closed.complete(null));
    }
}
