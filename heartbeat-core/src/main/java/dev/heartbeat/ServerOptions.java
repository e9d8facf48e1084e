package dev.heartbeat;

import java.time.Duration;
import java.util.Objects;

/**
 * What a server was built with, checked. The constructor's exception names the option, the value and the allowed range.
 *
 * @param host the address to listen on; not empty
 * @param port 0 to 65,535; 0 for any free one
 * @param heartbeatInterval how often nodes are told to beat: 10 ms to 1 day
 * @param suspectAfter silence after which a node is SUSPECT: at least 2 intervals
 * @param heartbeatTimeout silence after which it is OFFLINE: longer than {@code suspectAfter}, at most 7 days
 * @param grace how long a node may take to come back after a lost connection: 0 to 7 days
 * @param ackEvery each so many-th heartbeat is answered: 1 to 1,000
 * @param handshakeTimeout how long a connection may take to register: 10 ms to 10 minutes
 * @param writeStallTimeout how long a peer may take no bytes before it is disconnected: 100 ms to 1 hour
 * @param maxConnections 1 to 100,000,000
 * @param maxNodesPerConnection how many nodes a gateway may register over its connection beside its own: 0 (none) to 1,000,000
 * @param maxNodes how many nodes may be known at a time, those in grace, those of gateways and those that are kept OFFLINE included: 1 to 100,000,000
 * @param registrationBudgetBytes what all their registrations may hold of the heap together: 64 KiB to 1 PiB
 * @param maxMessageBytes the longest message: 0 to 1 GiB
 * @param channelQueueMessages how many messages may wait for a node: 1 to 1,000,000
 * @param channelQueueBytes how many bytes of them: 1 KiB to 1 TiB; one message may be larger
 * @param windowBytes how much a node may send ahead of the application on channel 0: 16,396 bytes to 1 GiB
 * @param maxWindowBytes to what that grows while the application keeps up: {@code windowBytes} to 1 GiB
 * @param maxChannels how many channels each side may have open on a connection beside channel 0: 0 (none) to 65,535
 * @param fragmentTimeout for how long nothing more of a message that began to arrive may come: 100 ms to 1 hour
 * @param inboundBudgetBytes what all messages larger than their window, all windows beyond {@code windowBytes} and all windows of channels may take together: 0 to 1 PiB
 * @param takeoverPolicy who wins when two processes register the same id
 * @param groupKey under which key of their metadata nodes name their group: 1 to 64 characters of A–Z a–z 0–9 . _ : -
 * @param maxGroupsPerNode how many groups a node may be joined to: 0 to 100,000
 * @param maxGroupPolicies how many groups may have an {@link SlowMemberPolicy} of their own: 0 to 10,000,000
 * @param offlineRetention how long a node that is OFFLINE stays known: 0 (not at all) to 7 days
 * @param offlineMaximum how many of them do, at most: 0 to 100,000,000
 * @param massGuardShare the share of suspected nodes from which verdicts are held: over 0 to 1
 * @param massGuardMinimum the number of suspected nodes from which they are: 0 and up
 * @param massGuardMaxHold for how long at most, their release included: 0 (never) to 1 day
 * @param massGuardReleaseRate how many that were held pass each second, if that is enough to be over in time: 1 to 1,000,000,000
 */
public record ServerOptions(
        String host,
        int port,
        Duration heartbeatInterval,
        Duration suspectAfter,
        Duration heartbeatTimeout,
        Duration grace,
        int ackEvery,
        Duration handshakeTimeout,
        Duration writeStallTimeout,
        int maxConnections,
        int maxNodesPerConnection,
        int maxNodes,
        long registrationBudgetBytes,
        int maxMessageBytes,
        int channelQueueMessages,
        long channelQueueBytes,
        int windowBytes,
        int maxWindowBytes,
        int maxChannels,
        Duration fragmentTimeout,
        long inboundBudgetBytes,
        TakeoverPolicy takeoverPolicy,
        String groupKey,
        int maxGroupsPerNode,
        int maxGroupPolicies,
        Duration offlineRetention,
        int offlineMaximum,
        double massGuardShare,
        int massGuardMinimum,
        Duration massGuardMaxHold,
        int massGuardReleaseRate) {

    /** Checks every value. */
    public ServerOptions {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(heartbeatInterval, "heartbeatInterval");
        Objects.requireNonNull(suspectAfter, "suspectAfter");
        Objects.requireNonNull(heartbeatTimeout, "heartbeatTimeout");
        Objects.requireNonNull(grace, "grace");
        Objects.requireNonNull(handshakeTimeout, "handshakeTimeout");
        Objects.requireNonNull(writeStallTimeout, "writeStallTimeout");
        Objects.requireNonNull(fragmentTimeout, "fragmentTimeout");
        Objects.requireNonNull(takeoverPolicy, "takeoverPolicy");
        Objects.requireNonNull(groupKey, "groupKey");
        Objects.requireNonNull(offlineRetention, "offlineRetention");
        Objects.requireNonNull(massGuardMaxHold, "massGuardMaxHold");
        Ranges.checkHost("host", host);
        Ranges.check("port", port, 0, 65_535);
        new Silence(heartbeatInterval, suspectAfter, heartbeatTimeout);
        Ranges.check("grace", grace, Duration.ZERO, Duration.ofDays(7));
        Ranges.check("ackEvery", ackEvery, 1, 1000);
        Ranges.check("handshakeTimeout", handshakeTimeout, Duration.ofMillis(10), Duration.ofMinutes(10));
        Ranges.check("writeStallTimeout", writeStallTimeout, Duration.ofMillis(100), Duration.ofHours(1));
        Ranges.check("maxConnections", maxConnections, 1, 100_000_000);
        Ranges.check("maxNodesPerConnection", maxNodesPerConnection, 0, 1_000_000);
        Ranges.check("maxNodes", maxNodes, 1, 100_000_000);
        Ranges.check("registrationBudgetBytes", registrationBudgetBytes, 1 << 16, 1L << 50);
        Ranges.check("maxMessageBytes", maxMessageBytes, 0, 1 << 30);
        Ranges.check("channelQueueMessages", channelQueueMessages, 1, 1_000_000);
        Ranges.check("channelQueueBytes", channelQueueBytes, 1 << 10, 1L << 40);
        Ranges.check("windowBytes", windowBytes, Ranges.MIN_WINDOW, 1 << 30);
        Ranges.check("maxWindowBytes", maxWindowBytes, windowBytes, 1 << 30);
        Ranges.check("maxChannels", maxChannels, 0, 65_535);
        Ranges.check("fragmentTimeout", fragmentTimeout, Duration.ofMillis(100), Duration.ofHours(1));
        Ranges.check("inboundBudgetBytes", inboundBudgetBytes, 0, 1L << 50);
        Ranges.checkKey("groupKey", groupKey);
        Ranges.check("maxGroupsPerNode", maxGroupsPerNode, 0, 100_000);
        Ranges.check("maxGroupPolicies", maxGroupPolicies, 0, 10_000_000);
        Ranges.check("offlineRetention", offlineRetention, Duration.ZERO, Duration.ofDays(7));
        Ranges.check("offlineMaximum", offlineMaximum, 0, 100_000_000);
        Ranges.check("massGuardShare", massGuardShare, Double.MIN_VALUE, 1);
        Ranges.check("massGuardMinimum", massGuardMinimum, 0, Integer.MAX_VALUE);
        Ranges.check("massGuardMaxHold", massGuardMaxHold, Duration.ZERO, Duration.ofDays(1));
        Ranges.check("massGuardReleaseRate", massGuardReleaseRate, 1, 1_000_000_000);
    }
}
