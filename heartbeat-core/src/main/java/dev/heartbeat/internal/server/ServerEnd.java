package dev.heartbeat.internal.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.heartbeat.OfflineReason;
import dev.heartbeat.ServerState;
import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Durations;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.loop.Timer;
import dev.heartbeat.internal.node.NodeTable;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.spi.EventLoop;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a server: it drains, or closes at once, and is over when its connections are closed,
 * its port is free and its listeners have heard of everything. Any thread.
 */
final class ServerEnd {
    private static final Logger LOG = LoggerFactory.getLogger(ServerEnd.class);
    private static final LogEvent NOT_READY = LogEvent.info(
            ServerEnd.class,
            "heartbeat.server.not_ready",
            "shutting down: not ready from now on, and accepting connections for {delay} more");
    private static final LogEvent DRAINING = LogEvent.info(
            ServerEnd.class,
            "heartbeat.server.draining",
            "shutting down: sending {connections} connections away one after the other, within {limit}");
    private static final LogEvent STILL_DRAINING = LogEvent.info(
            ServerEnd.class,
            "heartbeat.server.still_draining",
            "shutting down: {connections} connections are still open");
    private static final LogEvent DRAINED = LogEvent.info(
            ServerEnd.class,
            "heartbeat.server.drained",
            "shut down: {connections} connections were left when the time was over, and {messages} messages came"
                    + " back");
    private static final LogEvent CLOSING = LogEvent.info(
            ServerEnd.class,
            "heartbeat.server.closing",
            "closing: reporting {nodes} nodes OFFLINE, closing {connections} connections");
    private static final LogEvent CALLBACKS_STILL_RUN = LogEvent.warn(
            ServerEnd.class,
            "heartbeat.server.callbacks_still_run",
            "closing: the callbacks of {nodes} nodes have not returned; closing without them");

    /**
     * The longest that closing may take: the linger of the last connections, and listeners that are
     * still busy.
     */
    private static final long CLOSE_DEADLINE_NS = SECONDS.toNanos(10);

    private static final long DRAIN_LOG_NS = SECONDS.toNanos(5);

    private static final Duration LONGEST_DRAIN = Duration.ofDays(30);

    private final Server server;
    private final NodeTable table;
    private final Lifecycle lifecycle;
    private final ServerPort port;
    private final EventLoop firstLoop;

    private volatile boolean stoppedAccepting;
    private volatile boolean closing;
    /** Whether a shutdown has begun; guarded by this. */
    private boolean shuttingDown;
    /** Null unless nodes are sent away; on the first loop. */
    private @Nullable Drain drain;

    /** Completes when nothing more is to be waited for before it closes. */
    private final CompletableFuture<Void> hurried = new CompletableFuture<>();
    /** Completes when the last connection is closed, and no other can come. */
    private final CompletableFuture<Void> disconnected = new CompletableFuture<>();
    /** Completes when every node's end has been reported, once it is closing. */
    private final CompletableFuture<Void> listenersNotified = new CompletableFuture<>();

    private @Nullable CompletableFuture<Void> closed;

    /**
     * @param firstLoop whose clock its times are of
     */
    ServerEnd(Server server, NodeTable table, Lifecycle lifecycle, ServerPort port, EventLoop firstLoop) {
        this.server = server;
        this.table = table;
        this.lifecycle = lifecycle;
        this.port = port;
        this.firstLoop = firstLoop;
    }

    /** Refuses what {@link #shutdown} cannot take. */
    static void requireDrain(Duration drain) {
        Durations.requireNotNegative("drain", drain);
    }

    /** Whether no connection is accepted, and whoever loses one cannot come back. */
    boolean hasStoppedAccepting() {
        return stoppedAccepting;
    }

    /** The last of its connections is closed. */
    void onLastConnectionEnded() {
        if (stoppedAccepting) {
            disconnected.complete(null);
        }
    }

    /** A node has left the table. */
    void onForgotten() {
        if (closing && table.isEmpty()) {
            listenersNotified.complete(null);
        }
    }

    /** There is nobody left to wait for, or no time. */
    void hurry() {
        hurried.complete(null);
    }

    /**
     * Goes on as before for a while; then accepts no more, lets one node after the other have what
     * was accepted for it and sends it away, and closes when all are gone or the time is over. A
     * second one only closes when its own time is over, if that is sooner.
     */
    CompletableFuture<Void> shutdown(Duration time) {
        if (time.isZero()) {
            return close();
        }
        Duration bounded = time.compareTo(LONGEST_DRAIN) < 0 ? time : LONGEST_DRAIN;
        if (!beginShutdown()) {
            return within(bounded.toNanos(), hurried).thenCompose(over -> close());
        }
        // Nobody was told of a server that did not run.
        Duration delay =
                lifecycle.state() == ServerState.RUNNING ? server.options().drainDelay() : Duration.ZERO;
        announce();
        if (delay.isZero()) {
            return drain(bounded);
        }
        NOT_READY.log(delay);
        return within(delay.toNanos(), hurried).thenComposeAsync(over -> drain(bounded), server.callbackThreads::aside);
    }

    private synchronized boolean beginShutdown() {
        boolean first = !shuttingDown && closed == null;
        shuttingDown = true;
        return first;
    }

    private void announce() {
        if (!lifecycle.move(ServerState.NEW, ServerState.DRAINING)) {
            lifecycle.move(ServerState.RUNNING, ServerState.DRAINING);
        }
    }

    private CompletableFuture<Void> drain(Duration time) {
        stopAccepting();
        DRAINING.log(server.gate.open(), time);
        long undelivered = undelivered();
        Queue<Registration.Owner> nodes = table.ownersOfConnections();
        Progress progress = new Progress();
        onFirstLoop(shard -> {
            shard.arm(progress, DRAIN_LOG_NS);
            drain = new Drain(shard, server.random(), nodes, time.toNanos());
            drain.begin();
        });
        return within(time.toNanos(), disconnected)
                .thenCompose(over -> {
                    progress.end();
                    return close();
                })
                .thenRun(() -> DRAINED.log(progress.left, undelivered() - undelivered));
    }

    private long undelivered() {
        return server.counts().undelivered().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Logs the progress of a shutdown from time to time. */
    private final class Progress extends Timer {
        private volatile long left;

        @Override
        protected void onDue(long nowNs) {
            STILL_DRAINING.log(server.gate.open());
            onFirstLoop(shard -> shard.arm(this, DRAIN_LOG_NS));
        }

        void end() {
            onFirstLoop(shard -> shard.cancel(this));
            left = server.gate.open();
        }
    }

    private void stopAccepting() {
        stoppedAccepting = true;
        announce();
        port.free();
        server.onEveryLoop(ServerLoop::closeWithoutNode);
        if (server.gate.open() == 0) {
            disconnected.complete(null);
        }
    }

    /**
     * Ends every stay, closes every connection, and completes when the listeners have been
     * notified.
     */
    synchronized CompletableFuture<Void> close() {
        if (closed == null) {
            stopAccepting();
            closing = true;
            hurry();
            onFirstLoop(shard -> {
                if (drain != null) {
                    drain.end();
                }
            });
            CLOSING.log(table.size(), server.gate.open());
            table.endAll(OfflineReason.SHUTDOWN, "");
            if (table.isEmpty()) {
                listenersNotified.complete(null);
            }
            CompletableFuture<Void> channelsNotified = disconnected.thenCompose(done -> server.channels.allHeard());
            closed = within(
                            CLOSE_DEADLINE_NS,
                            CompletableFuture.allOf(channelsNotified, listenersNotified, port.freed()))
                    .thenCompose(done -> {
                        if (!table.isEmpty()) {
                            CALLBACKS_STILL_RUN.log(table.entries());
                        }
                        server.onEveryLoop(ServerLoop::end);
                        return server.release();
                    })
                    .whenComplete(this::onReleased);
        }
        return closed.copy();
    }

    private void onReleased(@Nullable Void released, @Nullable Throwable failure) {
        if (failure == null) {
            lifecycle.move(ServerState.DRAINING, ServerState.STOPPED);
        } else {
            lifecycle.fail(ServerState.DRAINING, failure);
        }
    }

    /** Completes with {@code future}, or when the time is over; on the first loop's clock. */
    private CompletableFuture<Void> within(long timeoutNs, CompletableFuture<Void> future) {
        CompletableFuture<Void> either = server.callbackThreads.newFuture();
        CompletableFuture<?> unusedFirst = future.thenRun(() -> either.complete(null));
        if (!either.isDone()) {
            completeAfter(timeoutNs, either);
        }
        return either;
    }

    private void completeAfter(long timeoutNs, CompletableFuture<Void> future) {
        onFirstLoop(shard -> {
            Deadline deadline = new Deadline(() -> future.complete(null));
            shard.arm(deadline, timeoutNs);
            CompletableFuture<?> unused = future.thenRun(() -> shard.execute(() -> shard.cancel(deadline)));
        });
    }

    private void onFirstLoop(Consumer<Shard> action) {
        try {
            firstLoop.execute(() -> action.accept(Shard.of(firstLoop)));
        } catch (RejectedExecutionException e) {
            LOG.debug("event loop {} and its clock have ended; waiting for the workers only", firstLoop.index());
        }
    }
}
