package dev.heartbeat.internal.channel;

import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.queue.CountsBy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The counts of all channels of a server or client. Any thread. */
public final class ChannelCounts {
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    /** Channels that are CLOSED, and of which the application has not heard that yet. */
    private final AtomicLong unheard = new AtomicLong();

    private volatile @Nullable CompletableFuture<Void> allHeard;
    private final LongAdder dropped = new LongAdder();
    private final CountsBy<Reason> undelivered = new CountsBy<>(Reason.class);
    private final LongAdder unmatchedReplies = new LongAdder();

    void opened() {
        opened.increment();
    }

    void closed() {
        closed.increment();
        unheard.incrementAndGet();
    }

    /** The application has heard that one is CLOSED. */
    void heard() {
        CompletableFuture<Void> waiting = unheard.decrementAndGet() == 0 ? allHeard : null;
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    /** Completes when the application has heard of the end of every channel that is CLOSED. */
    public CompletableFuture<Void> allHeard() {
        CompletableFuture<Void> all = new CompletableFuture<>();
        allHeard = all; // Before the look at the count, or the last one could go unseen.
        if (unheard.get() == 0) {
            all.complete(null);
        }
        return all;
    }

    void dropped() {
        dropped.increment();
    }

    void undelivered(Reason reason) {
        undelivered.add(reason);
    }

    public void unmatchedReply() {
        unmatchedReplies.increment();
    }

    /** Channels that are OPENING or OPEN. */
    public long open() {
        return opened.sum() - closed.sum();
    }

    public long everOpened() {
        return opened.sum();
    }

    /** Messages that went for a newer one. */
    public long droppedMessages() {
        return dropped.sum();
    }

    /** Messages that came back, those that were dropped included. */
    public CountsBy<Reason> undelivered() {
        return undelivered;
    }

    public long unmatchedReplies() {
        return unmatchedReplies.sum();
    }
}
