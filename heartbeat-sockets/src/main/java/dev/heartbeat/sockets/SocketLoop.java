package dev.heartbeat.sockets;

import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.LoopFailures;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread and all that lives on it. <b>Everything here and in the sockets of this loop is
 * confined to its thread</b>; other threads may only {@link #execute}, and read what never changes.
 *
 * <pre>
 *      ┌▶ poll          wait for a socket, a task or a deadline; not at all if work is left
 *      │  clock         read once: the same "now" for all that follows
 *      │  sockets       each ready one, within its budget
 *      │  tasks         those queued by now
 *      │  timers        the transport's own
 *      │  agent         if its deadline has come, and every socket has been heard
 *      │  tell          handlers hear what the calls of this turn made due
 *      └─ callbacks     those into the application leave for the threads that make them
 * </pre>
 *
 * <p>Polling is a transport's business: it extends this, calls {@link #beginTurn} after a poll and
 * {@link #endTurn} when it has notified the users of the sockets that are ready.
 */
public abstract class SocketLoop implements EventLoop {

    /** The answer of {@link #untilNextDeadlineNs} when there is none. */
    public static final long NEVER = Timers.NEVER;

    private static final Logger log = LoggerFactory.getLogger(SocketLoop.class);

    private static final int READ_BUFFER_BYTES = 64 * 1024;

    /**
     * Then sockets are read and timers run again: thousands of connects may be waiting at once,
     * each a system call or three, while heartbeats are due on those that stand already.
     */
    private static final int TASKS_PER_TURN = 64;

    /**
     * An agent that threw may have set no deadline; without it, nobody on the loop would ever be
     * found dead.
     */
    private static final long AGENT_RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final LoopFailures failures = new LoopFailures();
    private final int index;
    private final TransportOptions options;
    private final TaskQueue tasks = new TaskQueue();
    private final Timers timers;
    private final Sweep sweep = new Sweep();
    private final Backlogs backlogs = new Backlogs();
    private final WriteBuffer writes = new WriteBuffer(backlogs);
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER_BYTES);
    private final Queue<SocketConnection> toTell = new ArrayDeque<>();
    private final Callbacks callbacks;

    private volatile @Nullable LoopAgent agent;

    private long nowNs = System.nanoTime();
    private long wakeNs;
    private boolean wakes;
    private boolean closed;

    /** One that has not begun. */
    protected SocketLoop(int index, TransportOptions options) {
        this.index = index;
        this.options = options;
        LoopFailures counted = failures;
        String name = nameOf(index);
        timers = new Timers(thrown -> counted.add("a timer", name, thrown));
        callbacks = new Callbacks(thrown -> counted.add("handing over a callback", name, thrown));
    }

    // The part that a transport brings

    /** Has the loop come to its next turn at once, if it sleeps. Any thread. */
    protected abstract void wakeUp();

    /** Makes a socket that is attached to no loop yet. */
    protected abstract StreamSocket openStream() throws IOException;

    /** Sets it up for a connection on this loop. */
    protected abstract void setUp(StreamSocket socket) throws IOException;

    /** Makes a socket that listens on a resolved address, and is attached to no loop yet. */
    protected abstract ListeningSocket listenOn(InetSocketAddress address) throws IOException;

    /**
     * Polls the socket from now on, or has it notify another user from now on, of these operations.
     */
    protected abstract void poll(PolledSocket socket, SocketUser user, int operations) throws IOException;

    /** Notifies the users of all sockets that the transport closes. */
    protected abstract void closeUsers();

    /** The number of its sockets, listeners included. Any thread. */
    protected abstract int sockets();

    /** Ends it after the tasks that have been accepted, by {@link #endTasks()}. Any thread. */
    protected abstract CompletableFuture<Void> end();

    // The turn

    /** After a poll, which may have waited. */
    protected final void beginTurn() {
        nowNs = System.nanoTime();
        callbacks.beginTurn();
    }

    /**
     * After the sockets.
     *
     * @param reported how many were ready
     */
    protected final void endTurn(int reported) {
        try {
            sweep.polled(reported);
            runTasks();
            timers.runDue(nowNs);
            runAgent();
            tellHandlers();
        } finally {
            callbacks.endTurn();
        }
    }

    /** Whether the next poll must not wait. */
    protected final boolean hasWorkLeft() {
        return !tasks.isEmpty() || !toTell.isEmpty();
    }

    /**
     * The longest that the next poll may wait, if no work is left: not at all if it is not
     * positive, for ever if it is {@link #NEVER}.
     */
    protected final long untilNextDeadlineNs(long fromNs) {
        long untilTimer = timers.untilNextNs(fromNs);
        return wakes ? Math.min(wakeNs - fromNs, untilTimer) : untilTimer;
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
                failed("a task", e);
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
            failed("the agent", e);
            if (!wakes) {
                wakeAt(nowNs + AGENT_RETRY_NS);
            }
        }
    }

    /** Counts what nobody else has caught, and goes on. Never throws. */
    protected final void failed(String what, Throwable thrown) {
        failures.add(what, this, thrown);
    }

    /** Notifies the user of a socket that it is ready. Its exceptions are no other user's loss. */
    protected final boolean tellReady(SocketUser user, int operations) {
        try {
            user.onReady(operations);
            return true;
        } catch (Throwable e) {
            failed("the user of a socket", e);
            return false;
        }
    }

    /** Notifies the user of a socket that the transport closes. */
    protected final void tellClosing(SocketUser user) {
        try {
            user.onTransportClosing();
        } catch (Throwable e) {
            failed("closing a socket", e);
        }
    }

    private void tellHandlers() {
        // Those that become due meanwhile wait for the next turn.
        for (int due = toTell.size(); due > 0; due--) {
            toTell.remove().tell();
        }
    }

    // For the bus

    @Override
    public final int index() {
        return index;
    }

    @Override
    public final void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        // Only the first of a batch wakes it: many tasks cost one wake-up.
        if (tasks.add(task)) {
            wakeUp();
        }
    }

    @Override
    public final long nowNs() {
        return nowNs;
    }

    @Override
    public final void wakeAt(long deadlineNs) {
        wakeNs = deadlineNs;
        wakes = true;
    }

    @Override
    public final LoopFailures failures() {
        return failures;
    }

    @Override
    public final void cancelWake() {
        wakes = false;
    }

    @Override
    public final synchronized LoopAgent agent(Function<EventLoop, LoopAgent> factory) {
        Objects.requireNonNull(factory, "factory");
        LoopAgent present = agent;
        if (present == null) {
            present = factory.apply(this);
            agent = present;
        }
        return present;
    }

    // For the sockets

    /** The options that the transport was given. */
    protected final TransportOptions options() {
        return options;
    }

    final WriteBuffer writes() {
        assert inEventLoop() : Thread.currentThread() + " writes to a connection of " + this;
        return writes;
    }

    final Backlogs backlogs() {
        return backlogs;
    }

    /** Shared by all connections of the loop, for as long as one {@code onRead} takes. */
    final ByteBuffer readBuffer() {
        return readBuffer;
    }

    final void attach(PolledSocket socket, SocketUser user, int operations) throws IOException {
        if (closed) {
            throw new IOException("the transport is closed");
        }
        poll(socket, user, operations);
    }

    final Timers.Timer after(Duration delay, Runnable task) {
        // Not from nowNs, which is old if this turn has taken long already.
        return timers.at(System.nanoTime() + delay.toNanos(), task);
    }

    /** The work that comes next takes a while. */
    final void letCallbacksGo() {
        callbacks.submit();
    }

    final void tellLater(SocketConnection connection) {
        toTell.add(connection);
    }

    // Closing

    /** Closes all sockets and lets no more in. Completes when their handlers have heard of it. */
    final CompletableFuture<Void> closeSockets() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        try {
            execute(() -> {
                closed = true;
                closeUsers();
                afterThisTurn(told);
            });
        } catch (RejectedExecutionException e) {
            log.trace("{} has ended, and has told them", this, e);
            told.complete(null);
        }
        return told;
    }

    /**
     * Completes it in the next turn, after the handlers have been notified at the end of this one.
     */
    private void afterThisTurn(CompletableFuture<Void> passed) {
        try {
            execute(() -> passed.complete(null));
        } catch (RejectedExecutionException e) {
            log.trace("{} ends with this turn, and with telling them", this, e);
            passed.complete(null);
        }
    }

    /**
     * Closes all sockets, ends the tasks, and notifies the handlers, all within this call. Once, on
     * the loop, at any place within a turn or outside one.
     */
    protected final void endAtOnce() {
        closed = true;
        closeUsers();
        endTasks();
        tellHandlers();
        callbacks.endTurn();
    }

    /**
     * Runs the tasks that have been accepted, and refuses all others from then on. Once, on the
     * loop.
     */
    protected final void endTasks() {
        runBatch(Integer.MAX_VALUE);
        tasks.end();
        runBatch(Integer.MAX_VALUE);
        callbacks.endTurn(); // The turn may be of one that failed in the middle.
    }

    @Override
    public final String toString() {
        return nameOf(index);
    }

    private static String nameOf(int index) {
        return "event loop " + index;
    }
}
