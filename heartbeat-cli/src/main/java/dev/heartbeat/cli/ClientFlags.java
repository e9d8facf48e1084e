package dev.heartbeat.cli;

import static dev.heartbeat.cli.Given.give;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the library's client, as options of a command. What is not given is left to the library's defaults. */
final class ClientFlags {
    private static final Duration RECONNECT_BASE = Duration.ofMillis(500);
    private static final Duration RECONNECT_CAP = Duration.ofSeconds(60);

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "The server's host (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9501",
            description = "The server's port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--metadata",
            paramLabel = "KEY=VALUE",
            description = "Something each node tells of itself; may be repeated.")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            description = "The heartbeat interval to ask for; the server decides.")
    private @Nullable Duration interval;

    @Option(
            names = "--handshake-timeout",
            paramLabel = "TIME",
            description = "How long the server may take to answer a registration (default: 5s).")
    private @Nullable Duration handshakeTimeout;

    @Option(
            names = "--connect-timeout",
            paramLabel = "TIME",
            description = "How long a connection may take to be made (default: 5s).")
    private @Nullable Duration connectTimeout;

    @Option(
            names = "--reconnect-base",
            paramLabel = "TIME",
            description = "Longest wait before the first attempt to reconnect; doubles each time (default: 500ms).")
    private @Nullable Duration reconnectBase;

    @Option(
            names = "--reconnect-cap",
            paramLabel = "TIME",
            description = "Longest wait before any attempt to reconnect (default: 60s).")
    private @Nullable Duration reconnectCap;

    @Option(
            names = "--reconnect-reset-after",
            paramLabel = "TIME",
            description =
                    "How long a node must have been registered to begin with the first wait again (default: 60s).")
    private @Nullable Duration reconnectResetAfter;

    @Option(names = "--no-reconnect", description = "Give up when the connection is lost.")
    private boolean noReconnect;

    @Option(
            names = "--write-stall-timeout",
            paramLabel = "TIME",
            description = "How long a connection may take no bytes before it is given up (default: 10s).")
    private @Nullable Duration writeStallTimeout;

    @Option(
            names = "--max-message-bytes",
            paramLabel = "N",
            description = "Larger messages are not taken (default: 10 MiB).")
    private @Nullable Integer maxMessageBytes;

    @Option(
            names = "--queue-messages",
            paramLabel = "N",
            description = "Messages that may wait to be sent (default: 1000).")
    private @Nullable Integer queueMessages;

    @Option(names = "--queue-bytes", paramLabel = "N", description = "Bytes that may wait to be sent (default: 1 MiB).")
    private @Nullable Long queueBytes;

    @Option(
            names = "--window-bytes",
            paramLabel = "N",
            description = "How much the server may send ahead (default: 64 KiB) ...")
    private @Nullable Integer windowBytes;

    @Option(
            names = "--max-window-bytes",
            paramLabel = "N",
            description = "... and to what that grows (default: 1 MiB, or the other if that is more).")
    private @Nullable Integer maxWindowBytes;

    @Option(
            names = "--max-channels",
            paramLabel = "N",
            description = "Channels that the server may open on the connection; 0 allows none (default: 65535).")
    private @Nullable Integer maxChannels;

    @Option(
            names = "--fragment-timeout",
            paramLabel = "TIME",
            description = "How long nothing more of a message that began to arrive may come (default: 30s).")
    private @Nullable Duration fragmentTimeout;

    @Option(
            names = "--inbound-budget-bytes",
            paramLabel = "N",
            description = "What large messages may take together (default: 64 MiB).")
    private @Nullable Long inboundBudgetBytes;

    @Option(
            names = "--drain-timeout",
            paramLabel = "TIME",
            description = "How long a node that leaves may take to send what was accepted (default: 10s).")
    private @Nullable Duration drainTimeout;

    @Option(
            names = "--lookup-threads",
            paramLabel = "N",
            description = "Threads at most that look names up (default: 32).")
    private @Nullable Integer lookupThreads;

    @Option(
            names = "--waiting-lookups",
            paramLabel = "N",
            description = "Names that may wait for one of these threads (default: 1000).")
    private @Nullable Integer waitingLookups;

    @Mixin
    private TransportFlags transport;

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    /** Starts the transport that all clients share. */
    Transport startTransport(TransportOptions options) {
        TransportOptions changed = TransportFlags.with(options, connectTimeout, TransportOptions::withConnectTimeout);
        if (lookupThreads != null || waitingLookups != null) {
            changed = changed.withLookups(
                    Objects.requireNonNullElse(lookupThreads, changed.lookupThreads()),
                    Objects.requireNonNullElse(waitingLookups, changed.waitingLookups()));
        }
        return transport.start(transport.applyTo(changed));
    }

    /** A builder told of every option that was given, for a client that finds the server at this address. */
    HeartbeatClient.Builder builder(String server) {
        HeartbeatClient.Builder builder =
                HeartbeatClient.builder().server(server, port).autoReconnect(!noReconnect);
        metadata.forEach(builder::metadata);
        give(interval, builder::heartbeatInterval);
        give(handshakeTimeout, builder::handshakeTimeout);
        if (reconnectBase != null || reconnectCap != null) {
            builder.reconnectBackoff(
                    Objects.requireNonNullElse(reconnectBase, RECONNECT_BASE),
                    Objects.requireNonNullElse(reconnectCap, RECONNECT_CAP));
        }
        give(reconnectResetAfter, builder::reconnectResetAfter);
        give(writeStallTimeout, builder::writeStallTimeout);
        give(maxMessageBytes, builder::maxMessageBytes);
        give(queueMessages, builder::queueMessages);
        give(queueBytes, builder::queueBytes);
        give(windowBytes, builder::windowBytes);
        give(maxWindowBytes, builder::maxWindowBytes);
        give(maxChannels, builder::maxChannels);
        give(fragmentTimeout, builder::fragmentTimeout);
        give(inboundBudgetBytes, builder::inboundBudgetBytes);
        give(drainTimeout, builder::drainTimeout);
        return builder;
    }
}
