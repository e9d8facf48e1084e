package dev.heartbeat.internal.client;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The end of a client: its last callbacks are waited for, within bounds, and what it holds is
 * released then. On the loop, but for the future.
 */
final class ClientEnd {
    private static final LogEvent CALLBACKS_STILL_RUN = LogEvent.warn(
            ClientEnd.class,
            "heartbeat.client.callbacks_still_run",
            "{node}: callbacks still run {seconds} s after the end; closing without waiting for them");

    /**
     * The longest that closing may wait for callbacks, and the least that they get of it, however
     * long the connection took to end.
     */
    private static final long CLOSE_DEADLINE_NS = SECONDS.toNanos(10);

    private static final long LEAST_FOR_CALLBACKS_NS = SECONDS.toNanos(2);

    private final String nodeId;
    private final ClientEvents events;
    private final ChannelCounts channels;
    private final CompletableFuture<ClientListener.Registered> registered;
    private final Supplier<CompletableFuture<Void>> release;
    private final CompletableFuture<Void> closed;
    private boolean begun;
    /** Since when. */
    private long sinceNs;

    /**
     * @param channels of the client and of the nodes attached to it
     * @param registered fails where the client never was
     * @param release ends what the client alone has
     * @param closed completes when all is over
     */
    ClientEnd(
            String nodeId,
            ClientEvents events,
            ChannelCounts channels,
            CompletableFuture<ClientListener.Registered> registered,
            Supplier<CompletableFuture<Void>> release,
            CompletableFuture<Void> closed) {
        this.nodeId = nodeId;
        this.events = events;
        this.channels = channels;
        this.registered = registered;
        this.release = release;
        this.closed = closed;
    }

    /** Completes when all is over. Any thread. */
    CompletableFuture<Void> closed() {
        return closed.copy();
    }

    /** The loop has ended, and every connection with it. Any thread. */
    void isOver() {
        closed.complete(null);
    }

    /** The client leaves, now or since an earlier call. */
    void begin(long nowNs) {
        if (!begun) {
            begun = true;
            sinceNs = nowNs;
        }
    }

    boolean hasBegun() {
        return begun;
    }

    /**
     * The connection is closed. Reports that, and completes when all have heard of it, or the time
     * for that is over.
     *
     * @param lastFailure why it was not registered last; null if it was
     * @param last the nodes that were attached to it to the end
     */
    void end(Shard shard, CloseReason reason, @Nullable Throwable lastFailure, List<Attached> last) {
        HeartbeatException over = notRegistered(reason, lastFailure);
        events.closed(reason, () -> registered.completeExceptionally(over));
        CompletableFuture<Void> notified = new CompletableFuture<>();
        events.call(() -> notified.complete(null));
        List<CompletableFuture<Void>> all = new ArrayList<>(List.of(notified, channels.allHeard()));
        last.forEach(node -> all.add(node.ended()));
        Deadline limit = new Deadline(() -> {
            CALLBACKS_STILL_RUN.log(nodeId, SECONDS.convert(CLOSE_DEADLINE_NS, NANOSECONDS));
            registered.completeExceptionally(over);
            all.forEach(each -> each.complete(null));
        });
        shard.arm(limit, Math.max(LEAST_FOR_CALLBACKS_NS, CLOSE_DEADLINE_NS - (shard.nowNs() - sinceNs)));
        CompletableFuture<?> unused = CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> shard.execute(() -> shard.cancel(limit)))
                .thenCompose(done -> release.get())
                .whenComplete((done, failure) -> closed.complete(null));
    }

    /** Why it was never registered, as far as it is known, and what can be done about it. */
    private static HeartbeatException notRegistered(CloseReason reason, @Nullable Throwable cause) {
        String text = "the client was closed: " + reason + ClientLog.advice(reason);
        return cause == null
                ? new HeartbeatException(Failures.of(reason), text)
                : new HeartbeatException(
                        Failures.of(reason, cause), text + "; the last failure: " + ClientLog.text(cause), cause);
    }
}
