package dev.heartbeat.internal.channel;

import java.util.concurrent.atomic.LongAdder;

/** What is counted of all channels of a server or client. Any thread. */
public final class ChannelCounts {
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder undelivered = new LongAdder();
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

    void undelivered() {
        undelivered.increment();
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
    public long undeliveredMessages() {
        return undelivered.sum();
    }

    public long unmatchedReplies() {
        return unmatchedReplies.sum();
    }
}
