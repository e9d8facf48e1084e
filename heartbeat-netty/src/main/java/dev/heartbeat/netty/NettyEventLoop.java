package dev.heartbeat.netty;

import dev.heartbeat.sockets.ListeningSocket;
import dev.heartbeat.sockets.PolledSocket;
import dev.heartbeat.sockets.SocketLoop;
import dev.heartbeat.sockets.SocketUser;
import dev.heartbeat.sockets.StreamSocket;
import dev.heartbeat.spi.TransportOptions;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop on one of Netty's, which may have other work. A turn begins with the first thing that
 * concerns it after Netty has polled, and ends when Netty is through with the sockets and the tasks
 * of that poll:
 *
 * <pre>
 *      ┌▶ Netty polls
 *      │  sockets       the first of this loop begins the turn
 *      │  tasks         Netty's; one of them is this loop's wake-up or timer, and begins it as well
 *      └─ end           of the turn: all that a loop does after its sockets
 * </pre>
 *
 * <p>A loop that has nothing to do has no turn.
 */
final class NettyEventLoop extends SocketLoop {

    private static final Logger log = LoggerFactory.getLogger(NettyEventLoop.class);

    /** As much as goes to a socket at once. */
    private static final int COPIES_BYTES = 128 * 1024;

    /** Whose Netty's loop is, and who ends it. */
    enum Owner {
        TRANSPORT,
        APPLICATION
    }

    private final SingleThreadIoEventLoop netty;
    private final SocketKind kind;
    private final Owner owner;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    // Made once: they are given to Netty in each turn.
    private final Runnable begin = this::begin;
    private final Runnable finish = this::finish;
    private final Runnable onTimer = this::onTimer;
    private final Runnable shutDown = this::shutDown;

    private boolean inTurn;
    private int reported;
    private boolean ending;
    private boolean over;
    private Runnable onShutDown = () -> {};

    private @Nullable NettyHandle first;
    private int handles;

    private @Nullable Future<?> timer;
    private long timerNs;

    private @Nullable ByteBuffer copies;

    NettyEventLoop(int index, TransportOptions options, SingleThreadIoEventLoop netty, SocketKind kind, Owner owner) {
        super(index, options);
        this.netty = netty;
        this.kind = kind;
        this.owner = owner;
    }

    SingleThreadIoEventLoop netty() {
        return netty;
    }

    SocketKind kind() {
        return kind;
    }

    @Override
    public boolean inEventLoop() {
        return netty.inEventLoop();
    }

    // The turn

    @Override
    protected void wakeUp() {
        if (netty.inEventLoop()) {
            begin();
        } else {
            netty.execute(begin);
        }
    }

    private void begin() {
        if (!inTurn && !over) {
            // First, since Netty refuses once it ends: a turn that has begun must come to its end.
            netty.executeAfterEventLoopIteration(finish);
            inTurn = true;
            // A stray interrupt means nothing to a loop, but would close a channel of java.nio.
            Thread.interrupted();
            beginTurn();
        }
    }

    /** One of its sockets is. */
    void ready(SocketUser user, int operations) {
        begin();
        reported++;
        tellReady(user, operations);
    }

    private void finish() {
        if (over) {
            return;
        }
        try {
            endTurn(reported);
        } catch (Throwable e) {
            failed("a turn", e);
        }
        reported = 0;
        inTurn = false;
        if (ending) {
            endByItself();
        } else {
            arrangeNextTurn();
        }
    }

    private void arrangeNextTurn() {
        long waitNs = hasWorkLeft() ? 0 : untilNextDeadlineNs(nowNs());
        if (waitNs <= 0) {
            // Behind the next poll, which does not wait then.
            netty.execute(begin);
        } else if (waitNs != NEVER) {
            setTimer(nowNs() + waitNs);
        }
    }

    /**
     * Only for what comes earlier than the one that is set: one that is too early costs a turn, and
     * a deadline is often put off.
     */
    private void setTimer(long deadlineNs) {
        if (timer == null || deadlineNs - timerNs < 0) {
            cancelTimer();
            timerNs = deadlineNs;
            timer = netty.schedule(onTimer, deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    private void onTimer() {
        timer = null;
        begin();
    }

    private void over() {
        over = true;
        cancelTimer();
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    // Sockets

    @Override
    protected StreamSocket openStream() throws IOException {
        return kind.open();
    }

    @Override
    protected void setUp(StreamSocket socket) throws IOException {
        kind.setUp(socket);
    }

    @Override
    protected ListeningSocket listenOn(InetSocketAddress address) throws IOException {
        return kind.listen(address);
    }

    @Override
    protected void poll(PolledSocket socket, SocketUser user, int operations) throws IOException {
        ((NettySocket) socket).poll(this, user, operations);
    }

    @Override
    protected int sockets() {
        return handles;
    }

    void add(NettyHandle handle) {
        handles++;
        handle.next = first;
        if (first != null) {
            first.previous = handle;
        }
        first = handle;
    }

    void remove(NettyHandle handle) {
        handles--;
        if (handle.previous != null) {
            handle.previous.next = handle.next;
        } else {
            first = handle.next;
        }
        if (handle.next != null) {
            handle.next.previous = handle.previous;
        }
    }

    /** Direct memory for what has to be copied on its way to a socket. */
    ByteBuffer copies() {
        if (copies == null) {
            copies = ByteBuffer.allocateDirect(COPIES_BYTES);
        }
        return copies;
    }

    // Closing

    @Override
    protected void closeUsers() {
        NettyHandle next;
        for (NettyHandle handle = first; handle != null; handle = next) {
            next = handle.next;
            tellClosing(handle.user());
        }
    }

    /** Has it heard, on this loop, that Netty's is ended by its owner. */
    void onShutDownByOwner(Runnable listener) {
        onShutDown = listener;
        netty.addShutdownHook(shutDown);
    }

    /** Called by Netty, as the last of what it does on this loop. */
    void shutDown() {
        if (!over) {
            onShutDown.run();
            endAtOnce();
            over();
            ended.complete(null);
        }
    }

    @Override
    protected CompletableFuture<Void> end() {
        try {
            execute(() -> ending = true);
        } catch (RejectedExecutionException e) {
            log.trace("{} has ended with Netty's", this, e);
        }
        return ended;
    }

    private void endByItself() {
        endTasks();
        over();
        netty.removeShutdownHook(shutDown);
        if (owner == Owner.TRANSPORT) {
            netty.shutdownGracefully(0, 0, TimeUnit.SECONDS).addListener(done -> ended.complete(null));
        } else {
            ended.complete(null);
        }
    }
}
