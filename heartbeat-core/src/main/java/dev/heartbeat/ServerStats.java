package dev.heartbeat;

import dev.heartbeat.internal.server.Counter;
import dev.heartbeat.internal.server.ServerCounts;

/**
 * The counts of a server since it was made, in groups.
 *
 * It is a view: each group is read at the moment when it is asked for, and costs nothing but
 * itself. A group is a snapshot, so keep it to compare it with a later one. Any thread may ask, at
 * any time.
 *
 * @since 0.1
 */
public final class ServerStats {
    private final ServerCounts counts;

    ServerStats(ServerCounts counts) {
        this.counts = counts;
    }

    /** {@return the nodes, and what became of them} */
    public LivenessStats liveness() {
        return new LivenessStats(counts);
    }

    /** {@return the messages either way, and those that came back} */
    public MessageStats messages() {
        return new MessageStats(
                counts.sum(Counter.MESSAGES_IN),
                counts.sum(Counter.MESSAGES_OUT),
                counts.undelivered(),
                counts.dropped(),
                counts.unmatchedReplies());
    }

    /** {@return the messages to many, and from node to node} */
    public DistributionStats distribution() {
        return new DistributionStats(counts);
    }

    /** {@return the channels} */
    public ChannelStats channels() {
        return new ChannelStats(counts.channels());
    }

    /** {@return the connections, and what came over them} */
    public ConnectionStats connections() {
        return new ConnectionStats(counts);
    }

    /** {@return the mass guard} */
    public MassGuardStats massGuard() {
        return new MassGuardStats(counts);
    }

    /**
     * {@return the overload, and what the server does about it}
     *
     * @since 0.1
     */
    public OverloadStats overload() {
        return new OverloadStats(counts);
    }

    /** {@return the event loops} */
    public LoopStats loops() {
        return new LoopStats(counts);
    }

    /** {@return the calls of the application's listeners and handlers} */
    public CallbackStats callbacks() {
        return new CallbackStats(counts.callbackFailures(), counts.redirectedCallbacks());
    }

    /** All groups, as they are now. */
    @Override
    public String toString() {
        return new StatsText()
                .with("liveness", liveness())
                .with("messages", messages())
                .with("distribution", distribution())
                .with("channels", channels())
                .with("connections", connections())
                .with("massGuard", massGuard())
                .with("overload", overload())
                .with("loops", loops())
                .with("callbacks", callbacks())
                .toString();
    }
}
