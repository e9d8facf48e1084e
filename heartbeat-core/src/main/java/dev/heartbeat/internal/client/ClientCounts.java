package dev.heartbeat.internal.client;

import dev.heartbeat.ClientStats;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.queue.CallbackFailures;

/** What a client counts: on its loop, so without any lock, but for what its callbacks do; read by anybody. */
@SuppressWarnings("NonAtomicVolatileUpdate") // The loop alone writes.
final class ClientCounts {
    private volatile long attempts;
    private volatile long registrations;
    private volatile long heartbeats;
    private volatile long answers;
    private volatile long messagesIn;
    private volatile long messagesOut;
    private volatile long undelivered;
    private final CallbackFailures callbackFailures = new CallbackFailures();

    void attempt() {
        attempts++;
    }

    long attempts() {
        return attempts;
    }

    void registered() {
        registrations++;
    }

    void heartbeat() {
        heartbeats++;
    }

    void answered() {
        answers++;
    }

    void messageIn() {
        messagesIn++;
    }

    void messageOut() {
        messagesOut++;
    }

    void undelivered() {
        undelivered++;
    }

    /** Any thread. */
    void callbackFailed(String of, Throwable failure) {
        callbackFailures.add(of, failure);
    }

    ClientStats with(ChannelCounts channels) {
        return new ClientStats(
                attempts,
                registrations,
                heartbeats,
                answers,
                messagesIn,
                messagesOut,
                undelivered + channels.undeliveredMessages(),
                channels.droppedMessages(),
                channels.unmatchedReplies(),
                channels.open(),
                channels.everOpened(),
                callbackFailures.count());
    }
}
