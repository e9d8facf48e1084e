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
import dev.heartbeat.spi.EventLoop;
import java.time.Duration;
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
    private static final LogEvent DRAINING = LogEvent.info(
            ServerEnd.class,
            "heartbeat.server.draining",
            "shutting down: sending accepted messages to {connections} connections, for up to {limit}");
    private static final LogEvent STILL_DRAINING = LogEvent.info(
            ServerEnd.class,
            "heartbeat.server.still_draining",
            "shutting down: {connections} connections are still open");
    private static final LogEvent DRAINED =
            LogEvent.info(ServerEnd.class, "heartbeat.server.drained", "shutting down: all connections are closed");
    private static final LogEvent DRAIN_TIMEOUT = LogEvent.info(
            ServerEnd.class,
            "heartbeat.server.drain_timeout",
            "shutting down: {connections} connections are still open at the deadline; their unsent messages"
                    + " come back");
    private static final LogEvent CLOSING = LogEvent.info(
            ServerEnd.class,
            "heartbeat.server.closing",
            "closing: reporting {nodes} nodes OFFLINE, closing {connections} connections");

    /**
     * The longest that closing may take: the linger of the last connections, and listeners that are
     * still busy.
     */
    private static final long CLOSE_DEADLINE_NS = SECONDS.toNanos(10);

    private static final long DRAIN_LOG_NS = SECONDS.toNanos(5);

    /** Nodes receive the time to come back in 32 bits of milliseconds, which are 49 days. */
    private static final Duration LONGEST_DRAIN = Duration.ofDays(30);

    private final Server server;
    private final NodeTable table;
    private final Lifecycle lifecycle;
    private final ServerPort port;
    private final EventLoop firstLoop;

    private volatile boolean draining;
    private volatile boolean closing;
    /** Completes when the last connection is closed, while draining. */
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

    /** Whether it has begun: the server takes no more connections and messages. */
    boolean isDraining() {
        return draining;
    }

    /** The last of its connections is closed. */
    void onLastConnectionEnded() {
        if (draining) {
            disconnected.complete(null);
        }
    }

    /** A node has left the table. */
    void onForgotten() {
        if (closing && table.isEmpty()) {
            listenersNotified.complete(null);
        }
    }

    /**
     * Accepts no more, lets every node have what was accepted for it, sends it away, and closes
     * when all are gone or the time is over.
     */
    CompletableFuture<Void> shutdown(Duration drain) {
        if (drain.isZero()) {
            return close();
        }
        Duration bounded = drain.compareTo(LONGEST_DRAIN) < 0 ? drain : LONGEST_DRAIN;
        stopAccepting();
        DRAINING.log(server.gate.open(), bounded);
        table.drainAll(bounded.toMillis());
        DrainLog log = new DrainLog();
        onFirstLoop(shard -> shard.arm(log, DRAIN_LOG_NS));
        return within(bounded.toNanos(), disconnected).thenCompose(done -> {
            log.end();
            return close();
        });
    }

    /** Logs the progress of a shutdown from time to time. */
    private final class DrainLog extends Timer {
        @Override
        protected void onDue(long nowNs) {
            STILL_DRAINING.log(server.gate.open());
            onFirstLoop(shard -> shard.arm(this, DRAIN_LOG_NS));
        }

        void end() {
            onFirstLoop(shard -> shard.cancel(this));
            long remaining = server.gate.open();
            if (remaining == 0) {
                DRAINED.log();
            } else {
                DRAIN_TIMEOUT.log(remaining);
            }
        }
    }

    private void stopAccepting() {
        draining = true;
        if (!lifecycle.move(ServerState.NEW, ServerState.DRAINING)) {
            lifecycle.move(ServerState.RUNNING, ServerState.DRAINING);
        }
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
