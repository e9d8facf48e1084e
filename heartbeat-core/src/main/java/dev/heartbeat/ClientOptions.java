package dev.heartbeat;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client was built with, checked. The constructor's exception names the option, the value and the allowed range.
 *
 * @param host where the server is; not empty
 * @param port 1 to 65,535
 * @param nodeId 1 to 128 characters of A-Z a-z 0-9 . _ : -
 * @param metadata what the node tells of itself: at most 32 entries and 4 KiB, keys of 1 to 64 characters as in a node id; unmodifiable
 * @param heartbeatInterval the interval it asks the server for, 10 ms to 1 day; null to leave it to the server
 * @param handshakeTimeout how long the server may take to answer a registration: 10 ms to 10 minutes
 * @param autoReconnect whether it comes back after a lost connection
 * @param reconnectBase the bound of the first wait before reconnecting, doubled with each failure: 1 ms to 1 hour
 * @param reconnectCap the bound of every wait: not less than {@code reconnectBase}, at most 1 day
 * @param reconnectResetAfter how long it must have been online to begin with the base again: 0 to 1 day
 * @param writeStallTimeout how long the server may take no bytes before the connection is given up: 100 ms to 1 hour
 * @param drainTimeout how long {@link HeartbeatClient#closeAsync} may take to send what was accepted, and for how long nothing may get on after a server's go-away before the connection is closed: 0 to 1 day
 * @param maxMessageBytes the longest message: 0 to 1 GiB; the server may allow less
 * @param queueMessages how many messages may wait to be sent: 1 to 1,000,000
 * @param queueBytes how many bytes of them: 1 KiB to 1 TiB; one message may be larger
 * @param windowBytes how much the server may send ahead of the application on channel 0: 16,396 bytes to 1 GiB
 * @param maxWindowBytes to what that grows while the application keeps up: {@code windowBytes} to 1 GiB
 * @param maxChannels how many channels the server may have open on the connection beside channel 0: 0 (none) to 65,535; the server may allow less
 * @param fragmentTimeout for how long nothing more of a message that began to arrive may come: 100 ms to 1 hour
 * @param inboundBudgetBytes what messages larger than their window, windows beyond {@code windowBytes} and windows of channels may take together: 0 to 1 PiB
 */
public record ClientOptions(
        String host,
        int port,
        String nodeId,
        Map<String, String> metadata,
        @Nullable Duration heartbeatInterval,
        Duration handshakeTimeout,
        boolean autoReconnect,
        Duration reconnectBase,
        Duration reconnectCap,
        Duration reconnectResetAfter,
        Duration writeStallTimeout,
        Duration drainTimeout,
        int maxMessageBytes,
        int queueMessages,
        long queueBytes,
        int windowBytes,
        int maxWindowBytes,
        int maxChannels,
        Duration fragmentTimeout,
        long inboundBudgetBytes) {

    /** Checks every value but the node id and the metadata, which the client checks when it connects. */
    public ClientOptions {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(handshakeTimeout, "handshakeTimeout");
        Objects.requireNonNull(reconnectBase, "reconnectBase");
        Objects.requireNonNull(reconnectCap, "reconnectCap");
        Objects.requireNonNull(reconnectResetAfter, "reconnectResetAfter");
        Objects.requireNonNull(writeStallTimeout, "writeStallTimeout");
        Objects.requireNonNull(drainTimeout, "drainTimeout");
        Objects.requireNonNull(fragmentTimeout, "fragmentTimeout");
        Ranges.checkHost("host", host);
        Ranges.check("port", port, 1, 65_535);
        metadata = Map.copyOf(metadata);
        if (heartbeatInterval != null) {
            Ranges.check("heartbeatInterval", heartbeatInterval, Duration.ofMillis(10), Duration.ofDays(1));
        }
        Ranges.check("handshakeTimeout", handshakeTimeout, Duration.ofMillis(10), Duration.ofMinutes(10));
        Ranges.check("reconnectBase", reconnectBase, Duration.ofMillis(1), Duration.ofHours(1));
        Ranges.check("reconnectCap", reconnectCap, reconnectBase, Duration.ofDays(1));
        Ranges.check("reconnectResetAfter", reconnectResetAfter, Duration.ZERO, Duration.ofDays(1));
        Ranges.check("writeStallTimeout", writeStallTimeout, Duration.ofMillis(100), Duration.ofHours(1));
        Ranges.check("drainTimeout", drainTimeout, Duration.ZERO, Duration.ofDays(1));
        Ranges.check("maxMessageBytes", maxMessageBytes, 0, 1 << 30);
        Ranges.check("queueMessages", queueMessages, 1, 1_000_000);
        Ranges.check("queueBytes", queueBytes, 1 << 10, 1L << 40);
        Ranges.check("windowBytes", windowBytes, Ranges.MIN_WINDOW, 1 << 30);
        Ranges.check("maxWindowBytes", maxWindowBytes, windowBytes, 1 << 30);
        Ranges.check("maxChannels", maxChannels, 0, 65_535);
        Ranges.check("fragmentTimeout", fragmentTimeout, Duration.ofMillis(100), Duration.ofHours(1));
        Ranges.check("inboundBudgetBytes", inboundBudgetBytes, 0, 1L << 50);
    }
}
