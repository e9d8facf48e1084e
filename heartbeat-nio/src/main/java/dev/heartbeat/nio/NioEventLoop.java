package dev.heartbeat.nio;

import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread, one selector, and all that lives on them. <b>Everything here and in the sockets of this loop is confined
 * to its thread</b>; other threads may only {@link #execute}, and read what never changes.
 *
 * <pre>
 *      ┌▶ poll          wait for a socket, a task or a deadline; not at all if work is left
 *      │  clock         read once: the same "now" for all that follows
 *      │  sockets       each ready one, within its budget
 *      │  tasks         those queued by now
 *      │  timers        the transport's own
 *      │  agent         if its deadline has come, and every socket has been heard
 *      └─ tell          handlers hear what the calls of this turn made due
 * </pre>
 */
final class NioEventLoop implements EventLoop {

    private static final Logger log = LoggerFactory.getLogger(NioEventLoop.class);

    private static final int READ_BUFFER_BYTES = 64 * 1024;

    /**
     * Then sockets are read and timers run again: thousands of connects may be waiting at once, each a system call or three,
     * while heartbeats are due on those that stand already.
     */
    private static final int TASKS_PER_TURN = 64;

    /** An agent that threw may have set no deadline; without it, nobody on the loop would ever be found dead. */
    private static final long AGENT_RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final int index;
    private final TransportOptions options;
    private final TcpSettings tcp;
    private final Thread thread;
    private final Poller poller = new Poller();
    private final TaskQueue tasks = new TaskQueue();
    private final Timers timers = new Timers();
    private final Sweep sweep = new Sweep();
    private final Backlogs backlogs = new Backlogs();
    private final Draft draft = new Draft(backlogs);
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER_BYTES);
    private final Queue<NioConnection> toTell = new ArrayDeque<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private volatile @Nullable LoopAgent agent;

    private long nowNs = System.nanoTime();
    private long wakeNs;
    private boolean wakes;
    private boolean closed;
    private boolean ending;

    private NioEventLoop(int index, TransportOptions options) throws IOException {
        this.index = index;
        this.options = options;
        this.tcp = new TcpSettings(options);
        this.thread = new Thread(this::run, "heartbeat-nio-" + index);
        // Whoever started a server expects it to serve although main has returned, until it is closed.
        thread.setDaemon(false);
    }

    static NioEventLoop start(int index, TransportOptions options) throws IOException {
        NioEventLoop loop = new NioEventLoop(index, options);
        loop.thread.start();
        return loop;
    }

    // The turn

    private void run() {
        int failures = 0;
        while (!ending) {
            try {
                turn();
                failures = 0;
            } catch (Throwable e) {
                log.error("{} failed and goes on", this, e);
                rest(failures++);
            }
        }
        end();
    }

    private void turn() throws IOException {
        poll();
        nowNs = System.nanoTime();
        handleSockets();
        runTasks();
        timers.runDue(nowNs);
        runAgent();
        tellHandlers();
    }

    private void poll() throws IOException {
        poller.beginSleep();
        boolean workLeft = !tasks.isEmpty() || !toTell.isEmpty();
        poller.poll(workLeft ? 0 : untilNextDeadlineNs());
        sweep.polled(poller.ready().size());
    }

    private long untilNextDeadlineNs() {
        long now = System.nanoTime();
        long untilTimer = timers.untilNextNs(now);
        return wakes ? Math.min(wakeNs - now, untilTimer) : untilTimer;
    }

    private void handleSockets() {
        List<SelectionKey> ready = poller.ready();
        for (int i = 0; i < ready.size(); i++) {
            SelectionKey key = ready.get(i);
            // One handled before may have closed it.
            if (key.isValid()) {
                ((LoopSocket) key.attachment()).onReady(key.readyOps());
            }
        }
    }

    private void runTasks() {
        tasks.takeBatch();
        runBatch(TASKS_PER_TURN);
    }

    private void runBatch(int limit) {
        for (int i = 0; i < limit; i++) {
            Runnable task = tasks.next();
            if (task == null) {
                return;
            }
            try {
                task.run();
            } catch (Throwable e) {
                log.error("a task on {} threw", this, e);
            }
        }
    }

    private void runAgent() {
        if (!wakes || wakeNs - nowNs > 0 || !sweep.covers(sockets())) {
            return;
        }
        wakes = false;
        sweep.restart();
        LoopAgent present = agent;
        try {
            if (present != null) {
                present.onWake(nowNs);
            }
        } catch (Throwable e) {
            log.error("the agent of {} threw", this, e);
            if (!wakes) {
                wakeAt(nowNs + AGENT_RETRY_NS);
            }
        }
    }

    private void tellHandlers() {
        // Those that become due meanwhile wait for the next turn.
        for (int due = toTell.size(); due > 0; due--) {
            toTell.remove().tell();
        }
    }

    /** Keeps a loop whose every turn fails from spinning: a millisecond at first, about a second in the end. */
    private static void rest(int failures) {
        int doublings = Math.min(failures, 10);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1L << doublings));
    }

    // For the bus

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean inEventLoop() {
        return thread.equals(Thread.currentThread());
    }

    @Override
    public void execute(Runnable task) {
        // Only the first of a batch wakes it: many tasks cost one wake-up.
        if (tasks.add(task)) {
            poller.wakeUp();
        }
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public void wakeAt(long deadlineNs) {
        wakeNs = deadlineNs;
        wakes = true;
    }

    @Override
    public void cancelWake() {
        wakes = false;
    }

    @Override
    public synchronized LoopAgent agent(Function<EventLoop, LoopAgent> factory) {
        LoopAgent present = agent;
        if (present == null) {
            present = factory.apply(this);
            agent = present;
        }
        return present;
    }

    // For the sockets

    TransportOptions options() {
        return options;
    }

    TcpSettings tcp() {
        return tcp;
    }

    Draft draft() {
        assert inEventLoop() : Thread.currentThread() + " writes to a connection of " + this;
        return draft;
    }

    Backlogs backlogs() {
        return backlogs;
    }

    /** Shared by all connections of the loop, for as long as one {@code onRead} takes. */
    ByteBuffer readBuffer() {
        return readBuffer;
    }

    /** How many sockets it has, listeners included. Any thread. */
    int sockets() {
        return poller.sockets();
    }

    SelectionKey register(SelectableChannel socket, int operations) throws IOException {
        if (closed) {
            throw new IOException("the transport is closed");
        }
        return poller.register(socket, operations);
    }

    Timers.Timer after(Duration delay, Runnable task) {
        // Not from nowNs, which is old if this turn has taken long already.
        return timers.at(System.nanoTime() + delay.toNanos(), task);
    }

    void tellLater(NioConnection connection) {
        toTell.add(connection);
    }

    // Closing

    /** Closes all sockets and lets no more in. Completes when their handlers have heard of it. */
    CompletableFuture<Void> closeSockets() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        execute(() -> {
            closed = true;
            for (SelectionKey key : poller.keys()) {
                if (key.isValid()) {
                    ((LoopSocket) key.attachment()).onTransportClosing();
                }
            }
            // In the next turn, after the handlers have been told at the end of this one.
            execute(() -> told.complete(null));
        });
        return told;
    }

    /** Ends the thread after the tasks that have been accepted. */
    CompletableFuture<Void> endThread() {
        execute(() -> ending = true);
        return ended;
    }

    private void end() {
        runBatch(Integer.MAX_VALUE);
        tasks.end();
        runBatch(Integer.MAX_VALUE);
        try {
            poller.close();
        } catch (IOException e) {
            log.warn("closing the selector of {}", this, e);
        }
        ended.complete(null);
    }

    @Override
    public String toString() {
        return "event loop " + index;
    }
}
