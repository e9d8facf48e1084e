package dev.heartbeat.nio;

import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.sockets.ListeningSocket;
import dev.heartbeat.sockets.PolledSocket;
import dev.heartbeat.sockets.SocketLoop;
import dev.heartbeat.sockets.SocketUser;
import dev.heartbeat.sockets.StreamSocket;
import dev.heartbeat.sockets.TcpSettings;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A loop with a thread and a selector of its own. */
final class NioEventLoop extends SocketLoop {

    private static final LogEvent SELECTOR_FAILED = LogEvent.warn(
            NioEventLoop.class, "heartbeat.loop.selector_failed", "closing the selector of {loop} failed");

    private final Thread thread;
    private final Poller poller = new Poller();
    private final TcpSettings tcp;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean ending;

    private NioEventLoop(int index, TransportOptions options, TcpSettings tcp) throws IOException {
        super(index, options);
        this.tcp = tcp;
        this.thread = new Thread(this::run, "heartbeat-nio-" + index);
        // Whoever started a server expects it to serve although main has returned, until it is
        // closed.
        thread.setDaemon(false);
    }

    static NioEventLoop start(int index, TransportOptions options, TcpSettings tcp) throws IOException {
        NioEventLoop loop = new NioEventLoop(index, options, tcp);
        try {
            loop.thread.start();
        } catch (Throwable e) { // The system has no thread left.
            loop.closePoller();
            throw e;
        }
        return loop;
    }

    private void run() {
        int failures = 0;
        while (!ending) {
            try {
                failures = turn() ? 0 : failures + 1;
                if (failures > 0) {
                    rest(failures - 1);
                }
            } catch (Throwable e) {
                failed("a turn", e);
                rest(failures++);
            }
        }
        try {
            endTasks();
            closePoller();
        } catch (Throwable e) {
            failed("the end", e);
        } finally {
            ended.complete(null);
        }
    }

    /** Returns whether all went well. */
    private boolean turn() throws IOException {
        poller.beginSleep();
        poller.poll(hasWorkLeft() ? 0 : untilNextDeadlineNs(System.nanoTime()));
        beginTurn();
        boolean well = tellUsers(poller.ready());
        endTurn(poller.ready().size());
        return well;
    }

    private boolean tellUsers(List<SelectionKey> ready) {
        boolean well = true;
        for (int i = 0; i < ready.size(); i++) {
            SelectionKey key = ready.get(i);
            // A user notified before may have closed it.
            if (key.isValid()) {
                well &= tellReady(userOf(key), key.readyOps());
            }
        }
        return well;
    }

    private static SocketUser userOf(SelectionKey key) {
        return ((NioSocket) key.attachment()).user();
    }

    /**
     * Keeps a loop whose every turn fails from spinning: a millisecond at first, about a second in
     * the end.
     */
    private static void rest(int failures) {
        int doublings = Math.min(failures, 10);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1L << doublings));
    }

    @Override
    public boolean inEventLoop() {
        return thread.equals(Thread.currentThread());
    }

    @Override
    protected void wakeUp() {
        poller.wakeUp();
    }

    // Sockets

    @Override
    protected StreamSocket openStream() throws IOException {
        return NioStream.open();
    }

    @Override
    protected void setUp(StreamSocket socket) throws IOException {
        tcp.apply(((NioStream) socket).channel());
    }

    @Override
    protected ListeningSocket listenOn(InetSocketAddress address) throws IOException {
        return NioPort.bind(address, tcp);
    }

    @Override
    protected void poll(PolledSocket socket, SocketUser user, int operations) throws IOException {
        ((NioSocket) socket).poll(poller, user, operations);
    }

    @Override
    protected int sockets() {
        return poller.sockets();
    }

    // Closing

    @Override
    protected void closeUsers() {
        for (SelectionKey key : poller.keys()) {
            if (key.isValid()) {
                tellClosing(userOf(key));
            }
        }
    }

    @Override
    protected CompletableFuture<Void> end() {
        execute(() -> ending = true);
        return ended;
    }

    private void closePoller() {
        try {
            poller.close();
        } catch (IOException e) {
            SELECTOR_FAILED.logCause(e, this);
        }
    }
}
