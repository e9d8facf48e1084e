package dev.heartbeat.internal.channel;

import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.queue.CountsBy;
import java.util.concurrent.atomic.LongAdder;

/** The counts of all channels of a server or client. Any thread. */
public final class ChannelCounts {
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final CountsBy<Reason> undelivered = new CountsBy<>(Reason.class);
    private final LongAdder unmatchedReplies = new LongAdder();

    void opened() {
        opened.increment();
    }

    void closed() {
        closed.increment();
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
