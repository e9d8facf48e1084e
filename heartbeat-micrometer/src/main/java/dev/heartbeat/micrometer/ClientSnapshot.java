package dev.heartbeat.micrometer;

import dev.heartbeat.CallbackStats;
import dev.heartbeat.ChannelStats;
import dev.heartbeat.ClientConnectionStats;
import dev.heartbeat.ClientState;
import dev.heartbeat.ClientStats;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.MessageStats;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** All numbers of a client at one moment. */
record ClientSnapshot(
        ClientState state,
        @Nullable Duration latency,
        ClientConnectionStats connections,
        ChannelStats channels,
        MessageStats messages,
        CallbackStats callbacks) {

    static ClientSnapshot of(HeartbeatClient client) {
        ClientStats stats = client.stats();
        return new ClientSnapshot(
                client.state(),
                client.rtt(),
                stats.connections(),
                stats.channels(),
                stats.messages(),
                stats.callbacks());
    }
}
