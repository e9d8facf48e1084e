package dev.heartbeat.internal.client;

import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.queue.CallbackFailures;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.CountsBy;
import java.util.Map;

/**
 * The figures that a client counts. They are written on its loop, so without any lock, but for
 * those of its callbacks; anybody may read them.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // The loop alone writes.
public final class ClientCounts {
    private volatile long attempts;
    private volatile long registrations;
    private volatile long heartbeats;
    private volatile long answers;
    private volatile long messagesIn;
    private volatile long messagesOut;
    private final CountsBy<Reason> undelivered = new CountsBy<>(Reason.class);
    private final ChannelCounts channels;
    private final CallbackFailures callbackFailures = new CallbackFailures();
    private final CallbackThreads callbackThreads;

    ClientCounts(ChannelCounts channels, CallbackThreads callbackThreads) {
        this.channels = channels;
        this.callbackThreads = callbackThreads;
    }

    void attempt() {
        attempts++;
    }

    public long attempts() {
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

    void undelivered(Reason reason) {
        undelivered.add(reason);
    }

    /** Any thread. */
    void callbackFailed(String of, Throwable failure) {
        callbackFailures.add(of, failure);
    }

    public long registrations() {
        return registrations;
    }

    public long heartbeats() {
        return heartbeats;
    }

    public long answers() {
        return answers;
    }

    public long messagesIn() {
        return messagesIn;
    }

    public long messagesOut() {
        return messagesOut;
    }

    /** Messages that came back, those of channels included. */
    public Map<Reason, Long> allUndelivered() {
        return undelivered.readWith(channels.undelivered().read());
    }

    public ChannelCounts channels() {
        return channels;
    }

    public long callbackFailures() {
        return callbackFailures.count();
    }

    public long redirectedCallbacks() {
        return callbackThreads.redirected();
    }
}
