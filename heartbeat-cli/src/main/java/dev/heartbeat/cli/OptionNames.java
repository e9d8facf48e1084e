package dev.heartbeat.cli;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What the library's options are called on the command line. */
final class OptionNames {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("port", "--port"),
            Map.entry("nodeId", "--node-id"),
            Map.entry("metadata", "--metadata"),
            Map.entry("heartbeatInterval", "--interval"),
            Map.entry("suspectAfter", "--suspect"),
            Map.entry("heartbeatTimeout", "--timeout"),
            Map.entry("grace", "--grace"),
            Map.entry("ackEvery", "--ack-every"),
            Map.entry("handshakeTimeout", "--handshake-timeout"),
            Map.entry("writeStallTimeout", "--write-stall-timeout"),
            Map.entry("reconnectBase", "--reconnect-base"),
            Map.entry("reconnectCap", "--reconnect-cap"),
            Map.entry("maxConnections", "--max-connections"),
            Map.entry("maxNodesPerConnection", "--max-nodes-per-connection"),
            Map.entry("maxMessageBytes", "--max-message-bytes"),
            Map.entry("channelQueueMessages", "--channel-queue-messages"),
            Map.entry("channelQueueBytes", "--channel-queue-bytes"),
            Map.entry("windowBytes", "--window-bytes"),
            Map.entry("inboundBudgetBytes", "--inbound-budget-bytes"),
            Map.entry("groupKey", "--group-key"),
            Map.entry("offlineRetention", "--offline-retention"),
            Map.entry("offlineMaximum", "--offline-maximum"),
            Map.entry("massGuardShare", "--mass-guard-share"),
            Map.entry("massGuardMinimum", "--mass-guard-minimum"),
            Map.entry("massGuardMaxHold", "--mass-guard-hold"),
            Map.entry("massGuardReleaseRate", "--mass-guard-release-rate"),
            Map.entry("transport", "--transport"),
            Map.entry("eventLoops", "--event-loops"),
            Map.entry("workerThreads", "--worker-threads"));

    private OptionNames() {}

    /** A refusal by the library, which names an option, its value and the range, as the command's own. */
    static ParameterException inWordsOf(CommandLine command, IllegalArgumentException refusal) {
        return new ParameterException(command, translate(String.valueOf(refusal.getMessage())), refusal);
    }

    /** The library's messages begin with the name of the option. */
    static String translate(String message) {
        String name = message.split(" ", 2)[0];
        return NAMES.getOrDefault(name, name) + message.substring(name.length());
    }
}
