package dev.heartbeat.cli;

import static dev.heartbeat.cli.Given.give;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.TakeoverPolicy;
import dev.heartbeat.spi.TransportOptions;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the library's server, as options of a command. What is not given is left to the library's defaults. */
final class ServerFlags {
    /** As in the library's defaults, so that a shorter timeout alone makes sense. */
    private static final int BEATS_PER_TIMEOUT = 3;

    private static final int DEFAULT_PORT = 9501;

    private static final Duration MIN_TIMEOUT = Duration.ofMillis(30);
    private static final Duration MAX_TIMEOUT = Duration.ofDays(3);

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Address to listen on (default: 0.0.0.0, all).")
    private @Nullable String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on; 0 takes a free one (default: 9501).")
    private @Nullable Integer port;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            description = "How often a node beats (default: a third of --timeout).")
    private @Nullable Duration interval;

    @Option(
            names = "--suspect",
            paramLabel = "TIME",
            description = "SUSPECT after this much silence (default: 5/6 of --timeout).")
    private @Nullable Duration suspect;

    @Option(names = "--timeout", paramLabel = "TIME", description = "OFFLINE after this much silence (default: 30s).")
    private @Nullable Duration timeout;

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            description = "How long a node whose connection was lost may take to come back (default: as --timeout).")
    private @Nullable Duration grace;

    @Option(names = "--handshake-timeout", paramLabel = "TIME", description = "How long a registration may take.")
    private @Nullable Duration handshakeTimeout;

    @Option(
            names = "--write-stall-timeout",
            paramLabel = "TIME",
            description = "How long a connection may take no bytes before it is closed.")
    private @Nullable Duration writeStallTimeout;

    @Option(names = "--max-connections", paramLabel = "N", description = "Further connections are refused.")
    private @Nullable Integer maxConnections;

    @Option(
            names = "--max-nodes-per-connection",
            paramLabel = "N",
            description = "How many nodes a gateway may have beside its own; 0 allows no gateways.")
    private @Nullable Integer maxNodesPerConnection;

    @Option(
            names = "--max-nodes",
            paramLabel = "N",
            description = "Nodes that may be known at a time, those in grace and those kept OFFLINE included.")
    private @Nullable Integer maxNodes;

    @Option(
            names = "--registration-budget-bytes",
            paramLabel = "N",
            description = "What all registrations may hold of the heap (default: a quarter of the largest heap).")
    private @Nullable Long registrationBudgetBytes;

    @Option(names = "--max-message-bytes", paramLabel = "N", description = "Larger messages are not taken.")
    private @Nullable Integer maxMessageBytes;

    @Option(names = "--channel-queue-messages", paramLabel = "N", description = "Messages that may wait for one node.")
    private @Nullable Integer channelQueueMessages;

    @Option(names = "--channel-queue-bytes", paramLabel = "N", description = "Bytes that may wait for one node.")
    private @Nullable Long channelQueueBytes;

    @Option(names = "--window-bytes", paramLabel = "N", description = "How much a node may send ahead.")
    private @Nullable Integer windowBytes;

    @Option(
            names = "--max-window-bytes",
            paramLabel = "N",
            description = "To what that grows (default: 1 MiB, or --window-bytes if that is more).")
    private @Nullable Integer maxWindowBytes;

    @Option(
            names = "--max-channels",
            paramLabel = "N",
            description = "Channels that each side may open on a connection; 0 allows none (default: 100).")
    private @Nullable Integer maxChannels;

    @Option(
            names = "--fragment-timeout",
            paramLabel = "TIME",
            description = "How long nothing more of a message that began to arrive may come (default: 30s).")
    private @Nullable Duration fragmentTimeout;

    @Option(names = "--inbound-budget-bytes", paramLabel = "N", description = "What large messages may take together.")
    private @Nullable Long inboundBudgetBytes;

    @Option(names = "--ack-every", paramLabel = "N", description = "Answer each so many-th heartbeat only.")
    private @Nullable Integer ackEvery;

    @Option(
            names = "--takeover",
            paramLabel = "POLICY",
            description = "Who wins when a second process registers an id: ${COMPLETION-CANDIDATES}.")
    private @Nullable TakeoverPolicy takeover;

    @Option(
            names = "--group-key",
            paramLabel = "KEY",
            description = "Under which key of their metadata nodes name their group (default: group).")
    private @Nullable String groupKey;

    @Option(
            names = "--max-groups-per-node",
            paramLabel = "N",
            description = "Groups that a node may be joined to (default: 100).")
    private @Nullable Integer maxGroupsPerNode;

    @Option(
            names = "--max-group-policies",
            paramLabel = "N",
            description = "Groups that may have a policy of their own (default: 10000).")
    private @Nullable Integer maxGroupPolicies;

    @Option(
            names = "--offline-retention",
            paramLabel = "TIME",
            description = "How long a node that is OFFLINE stays known (default: 10m).")
    private @Nullable Duration offlineRetention;

    @Option(
            names = "--offline-maximum",
            paramLabel = "N",
            description = "How many of them do, at most (default: 100000).")
    private @Nullable Integer offlineMaximum;

    @Option(
            names = "--mass-guard-share",
            paramLabel = "SHARE",
            description = "Verdicts are held while more than this share of the nodes is SUSPECT (default: 0.1) ...")
    private @Nullable Double massGuardShare;

    @Option(
            names = "--mass-guard-minimum",
            paramLabel = "N",
            description = "... and more than this many nodes are (default: 100) ...")
    private @Nullable Integer massGuardMinimum;

    @Option(
            names = "--mass-guard-hold",
            paramLabel = "TIME",
            description = "... but not for longer than this, their release included (default: 60s).")
    private @Nullable Duration massGuardHold;

    @Option(
            names = "--mass-guard-release-rate",
            paramLabel = "N",
            description = "Verdicts that were held pass at so many a second, if that is enough (default: 1000).")
    private @Nullable Integer massGuardReleaseRate;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            description = "Connections that the kernel may hold before they are accepted (default: 4096).")
    private @Nullable Integer backlog;

    @Option(names = "--reuse-port", description = "Let several servers listen on one port (SO_REUSEPORT).")
    private @Nullable Boolean reusePort;

    @Option(
            names = "--accepts-per-second",
            paramLabel = "N",
            description = "Accept no more connections per second (default: as many as it can).")
    private @Nullable Integer acceptsPerSecond;

    @Mixin
    private TransportFlags transport;

    String host() {
        return Objects.requireNonNullElse(host, "0.0.0.0");
    }

    int port() {
        return Objects.requireNonNullElse(port, DEFAULT_PORT);
    }

    boolean reusesPort() {
        return Boolean.TRUE.equals(reusePort);
    }

    /** A builder told of every option that was given. */
    HeartbeatServer.Builder builder() {
        HeartbeatServer.Builder builder = HeartbeatServer.builder();
        give(host, builder::host);
        give(port, builder::port);
        give(interval == null && timeout != null ? fitting(timeout) : interval, builder::heartbeatInterval);
        give(suspect, builder::suspectAfter);
        give(timeout, builder::heartbeatTimeout);
        give(grace, builder::grace);
        give(handshakeTimeout, builder::handshakeTimeout);
        give(writeStallTimeout, builder::writeStallTimeout);
        give(maxConnections, builder::maxConnections);
        give(maxNodesPerConnection, builder::maxNodesPerConnection);
        give(maxNodes, builder::maxNodes);
        give(registrationBudgetBytes, builder::registrationBudgetBytes);
        give(maxMessageBytes, builder::maxMessageBytes);
        give(channelQueueMessages, builder::channelQueueMessages);
        give(channelQueueBytes, builder::channelQueueBytes);
        give(windowBytes, builder::windowBytes);
        give(maxWindowBytes, builder::maxWindowBytes);
        give(maxChannels, builder::maxChannels);
        give(fragmentTimeout, builder::fragmentTimeout);
        give(inboundBudgetBytes, builder::inboundBudgetBytes);
        give(ackEvery, builder::ackEvery);
        give(takeover, builder::takeoverPolicy);
        give(groupKey, builder::groupKey);
        give(maxGroupsPerNode, builder::maxGroupsPerNode);
        give(maxGroupPolicies, builder::maxGroupPolicies);
        give(offlineRetention, builder::offlineRetention);
        give(offlineMaximum, builder::offlineMaximum);
        give(massGuardShare, builder::massGuardShare);
        give(massGuardMinimum, builder::massGuardMinimum);
        give(massGuardHold, builder::massGuardMaxHold);
        give(massGuardReleaseRate, builder::massGuardReleaseRate);
        give(transport.name(), builder::transport);
        builder.transportOptions(
                options -> TransportFlags.with(transport.applyTo(options), backlog, TransportOptions::withBacklog));
        give(reusePort, builder::reusePort);
        give(acceptsPerSecond, builder::acceptsPerSecond);
        return builder;
    }

    private static Duration fitting(Duration timeout) {
        if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("heartbeatTimeout is " + DurationConverter.format(timeout)
                    + ", allowed without --interval is " + DurationConverter.format(MIN_TIMEOUT) + " to "
                    + DurationConverter.format(MAX_TIMEOUT));
        }
        return timeout.dividedBy(BEATS_PER_TIMEOUT);
    }
}
