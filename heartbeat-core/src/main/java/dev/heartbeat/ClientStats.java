package dev.heartbeat;

import dev.heartbeat.internal.client.ClientCounts;

/**
 * The counts of a client since it was made, for itself and the nodes attached to it, in groups.
 *
 * It is a view: each group is read at the moment when it is asked for, and costs nothing but
 * itself. A group is a snapshot, so keep it to compare it with a later one. Any thread may ask, at
 * any time.
 *
 * @since 0.1
 */
public final class ClientStats {
    private final ClientCounts counts;

    ClientStats(ClientCounts counts) {
        this.counts = counts;
    }

    /** {@return the connections, and the heartbeats over them} */
    public ClientConnectionStats connections() {
        return new ClientConnectionStats(counts);
    }

    /** {@return the messages either way, and those that came back} */
    public MessageStats messages() {
        return new MessageStats(
                counts.messagesIn(),
                counts.messagesOut(),
                counts.allUndelivered(),
                counts.channels().droppedMessages(),
                counts.channels().unmatchedReplies());
    }

    /** {@return the channels, beside channel 0} */
    public ChannelStats channels() {
        return new ChannelStats(counts.channels());
    }

    /** {@return the calls of the application's listeners and handlers} */
    public CallbackStats callbacks() {
        return new CallbackStats(counts.callbackFailures(), counts.redirectedCallbacks());
    }

    /** All groups, as they are now. */
    @Override
    public String toString() {
        return new StatsText()
                .with("connections", connections())
                .with("messages", messages())
                .with("channels", channels())
                .with("callbacks", callbacks())
                .toString();
    }
}
