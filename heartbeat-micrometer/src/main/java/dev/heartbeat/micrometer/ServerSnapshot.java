package dev.heartbeat.micrometer;

import dev.heartbeat.CallbackStats;
import dev.heartbeat.ChannelStats;
import dev.heartbeat.ConnectionStats;
import dev.heartbeat.DistributionStats;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.LivenessStats;
import dev.heartbeat.LoopStats;
import dev.heartbeat.MassGuardStats;
import dev.heartbeat.MessageStats;
import dev.heartbeat.OverloadStats;
import dev.heartbeat.ServerState;
import dev.heartbeat.ServerStats;
import org.jspecify.annotations.Nullable;

/** All numbers of a server at one moment. */
record ServerSnapshot(
        ServerState state,
        LivenessStats liveness,
        ConnectionStats connections,
        ChannelStats channels,
        MessageStats messages,
        DistributionStats distribution,
        MassGuardStats massGuard,
        OverloadStats overload,
        LoopStats loops,
        CallbackStats callbacks) {

    /** Those of now; null if the server never started, so that it has counted nothing. */
    static @Nullable ServerSnapshot of(HeartbeatServer server) {
        ServerStats stats;
        try {
            stats = server.stats();
        } catch (IllegalStateException neverStarted) {
            return null;
        }
        return new ServerSnapshot(
                server.state(),
                stats.liveness(),
                stats.connections(),
                stats.channels(),
                stats.messages(),
                stats.distribution(),
                stats.massGuard(),
                stats.overload(),
                stats.loops(),
                stats.callbacks());
    }
}
