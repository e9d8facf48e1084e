package dev.heartbeat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The knowledge of a node at one moment: an immutable snapshot.
 *
 * @param id its id, unique on the bus
 * @param state what the server believed of it
 * @param epoch grows with each registration of an id, over reconnects and restarts of the server
 *     too. Use it as a fencing token: whoever acts for the node shows it, and a resource refuses a
 *     lower one than it has seen
 * @param incarnation chosen at random by each client process: the same over its reconnects, another
 *     after a restart
 * @param metadata the node's metadata; unmodifiable. Nothing of it is kept of a node that is
 *     OFFLINE
 * @param remoteAddress where its last connection came from
 * @param principal who registered it, as the server's authenticator granted; null without one
 * @param registeredAt when it registered last, by the server's wall clock
 * @param rtt its last round trip of a heartbeat, as the node measured it; null before the first
 * @param offlineReason why it is OFFLINE; null if it is not
 * @param offlineSince when it became OFFLINE, by the server's wall clock; null if it is not
 * @since 0.1
 */
public record Node(
        String id,
        NodeState state,
        long epoch,
        long incarnation,
        Map<String, String> metadata,
        InetSocketAddress remoteAddress,
        @Nullable String principal,
        Instant registeredAt,
        @Nullable Duration rtt,
        @Nullable OfflineReason offlineReason,
        @Nullable Instant offlineSince) {
    /** Refuses null. */
    public Node {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(remoteAddress, "remoteAddress");
        Objects.requireNonNull(registeredAt, "registeredAt");
    }
}
