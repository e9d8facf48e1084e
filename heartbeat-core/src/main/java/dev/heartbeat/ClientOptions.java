package dev.heartbeat;

import static dev.heartbeat.ClientSetters.AUTO_RECONNECT;
import static dev.heartbeat.ClientSetters.CALLBACK_EXECUTOR;
import static dev.heartbeat.ClientSetters.DRAIN_TIMEOUT;
import static dev.heartbeat.ClientSetters.FRAGMENT_TIMEOUT;
import static dev.heartbeat.ClientSetters.HANDSHAKE_TIMEOUT;
import static dev.heartbeat.ClientSetters.HEARTBEAT_INTERVAL;
import static dev.heartbeat.ClientSetters.HOST;
import static dev.heartbeat.ClientSetters.INBOUND_BUDGET_BYTES;
import static dev.heartbeat.ClientSetters.MAX_CHANNELS;
import static dev.heartbeat.ClientSetters.MAX_MESSAGE_BYTES;
import static dev.heartbeat.ClientSetters.MAX_WINDOW_BYTES;
import static dev.heartbeat.ClientSetters.METADATA;
import static dev.heartbeat.ClientSetters.MIN_MESSAGE_BYTES_PER_SECOND;
import static dev.heartbeat.ClientSetters.NODE_ID;
import static dev.heartbeat.ClientSetters.PLAINTEXT_CREDENTIALS;
import static dev.heartbeat.ClientSetters.PORT;
import static dev.heartbeat.ClientSetters.QUEUE_BYTES;
import static dev.heartbeat.ClientSetters.QUEUE_MESSAGES;
import static dev.heartbeat.ClientSetters.RECONNECT_BASE;
import static dev.heartbeat.ClientSetters.RECONNECT_CAP;
import static dev.heartbeat.ClientSetters.RECONNECT_RESET_AFTER;
import static dev.heartbeat.ClientSetters.SLOW_MESSAGE_GRACE;
import static dev.heartbeat.ClientSetters.WINDOW_BYTES;
import static dev.heartbeat.ClientSetters.WRITE_STALL_TIMEOUT;

import dev.heartbeat.option.Given;
import dev.heartbeat.option.Option;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The options of a client. Immutable; {@link ClientSetters} says what each option means.
 *
 * @since 0.1
 */
public final class ClientOptions {
    private final Given<ClientOptions> given;
    private final String host;
    private final int port;
    private final String nodeId;
    private final Map<String, String> metadata;
    private final @Nullable Duration heartbeatInterval;
    private final Duration handshakeTimeout;
    private final boolean autoReconnect;
    private final Duration reconnectBase;
    private final Duration reconnectCap;
    private final Duration reconnectResetAfter;
    private final Duration writeStallTimeout;
    private final Duration drainTimeout;
    private final int maxMessageBytes;
    private final int maxChannels;
    private final int queueMessages;
    private final long queueBytes;
    private final int windowBytes;
    private final int maxWindowBytes;
    private final Duration fragmentTimeout;
    private final Duration slowMessageGrace;
    private final int minMessageBytesPerSecond;
    private final long inboundBudgetBytes;
    private final boolean plaintextCredentials;
    private final @Nullable Executor callbackExecutor;

    ClientOptions(Given<ClientOptions> given) {
        this.given = given;
        host = given.value(HOST);
        port = given.value(PORT);
        nodeId = given.value(NODE_ID);
        metadata = given.value(METADATA);
        heartbeatInterval = given.orNull(HEARTBEAT_INTERVAL);
        handshakeTimeout = given.value(HANDSHAKE_TIMEOUT);
        autoReconnect = given.value(AUTO_RECONNECT);
        reconnectBase = given.value(RECONNECT_BASE);
        reconnectCap = given.atLeast(RECONNECT_CAP, reconnectBase);
        reconnectResetAfter = given.value(RECONNECT_RESET_AFTER);
        writeStallTimeout = given.value(WRITE_STALL_TIMEOUT);
        drainTimeout = given.value(DRAIN_TIMEOUT);
        maxMessageBytes = given.value(MAX_MESSAGE_BYTES);
        maxChannels = given.value(MAX_CHANNELS);
        queueMessages = given.value(QUEUE_MESSAGES);
        queueBytes = given.value(QUEUE_BYTES);
        windowBytes = given.value(WINDOW_BYTES);
        maxWindowBytes = given.atLeast(MAX_WINDOW_BYTES, windowBytes);
        fragmentTimeout = given.value(FRAGMENT_TIMEOUT);
        slowMessageGrace = given.value(SLOW_MESSAGE_GRACE);
        minMessageBytesPerSecond = given.value(MIN_MESSAGE_BYTES_PER_SECOND);
        inboundBudgetBytes = given.value(INBOUND_BUDGET_BYTES);
        plaintextCredentials = given.value(PLAINTEXT_CREDENTIALS);
        callbackExecutor = given.orNull(CALLBACK_EXECUTOR);
    }

    /** {@return options with the default of every option; there is no node id among them} */
    public static ClientOptions defaults() {
        return builder().build();
    }

    /** {@return a builder in which nothing is set} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder in which that is set which was set for these} */
    public Builder toBuilder() {
        return new Builder().as(this);
    }

    /** {@return the description of each option, in order; unmodifiable} */
    public static List<Option<ClientOptions, ?>> descriptions() {
        return ClientSetters.OPTIONS.all();
    }

    Given<ClientOptions> given() {
        return given;
    }

    /** {@return the value of {@link ClientSetters#host}} */
    public String host() {
        return host;
    }

    /** {@return the value of {@link ClientSetters#port}} */
    public int port() {
        return port;
    }

    /** {@return the value of {@link ClientSetters#nodeId}} */
    public String nodeId() {
        return nodeId;
    }

    /** {@return the value of {@link ClientSetters#metadata(Map)}, unmodifiable} */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** {@return the value of {@link ClientSetters#heartbeatInterval}} */
    public @Nullable Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    /** {@return the value of {@link ClientSetters#handshakeTimeout}} */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /** {@return the value of {@link ClientSetters#autoReconnect}} */
    public boolean autoReconnect() {
        return autoReconnect;
    }

    /** {@return the value of {@link ClientSetters#reconnectBase}} */
    public Duration reconnectBase() {
        return reconnectBase;
    }

    /** {@return the value of {@link ClientSetters#reconnectCap}} */
    public Duration reconnectCap() {
        return reconnectCap;
    }

    /** {@return the value of {@link ClientSetters#reconnectResetAfter}} */
    public Duration reconnectResetAfter() {
        return reconnectResetAfter;
    }

    /** {@return the value of {@link ClientSetters#writeStallTimeout}} */
    public Duration writeStallTimeout() {
        return writeStallTimeout;
    }

    /** {@return the value of {@link ClientSetters#drainTimeout}} */
    public Duration drainTimeout() {
        return drainTimeout;
    }

    /** {@return the value of {@link ClientSetters#maxMessageBytes}} */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** {@return the value of {@link ClientSetters#maxChannels}} */
    public int maxChannels() {
        return maxChannels;
    }

    /** {@return the value of {@link ClientSetters#queueMessages}} */
    public int queueMessages() {
        return queueMessages;
    }

    /** {@return the value of {@link ClientSetters#queueBytes}} */
    public long queueBytes() {
        return queueBytes;
    }

    /** {@return the value of {@link ClientSetters#windowBytes}} */
    public int windowBytes() {
        return windowBytes;
    }

    /** {@return the value of {@link ClientSetters#maxWindowBytes}} */
    public int maxWindowBytes() {
        return maxWindowBytes;
    }

    /** {@return the value of {@link ClientSetters#fragmentTimeout}} */
    public Duration fragmentTimeout() {
        return fragmentTimeout;
    }

    /** {@return the value of {@link ClientSetters#slowMessageGrace}} */
    public Duration slowMessageGrace() {
        return slowMessageGrace;
    }

    /** {@return the value of {@link ClientSetters#minMessageBytesPerSecond}} */
    public int minMessageBytesPerSecond() {
        return minMessageBytesPerSecond;
    }

    /** {@return the value of {@link ClientSetters#inboundBudgetBytes}} */
    public long inboundBudgetBytes() {
        return inboundBudgetBytes;
    }

    /** {@return the value of {@link ClientSetters#plaintextCredentials}} */
    public boolean plaintextCredentials() {
        return plaintextCredentials;
    }

    /** {@return the value of {@link ClientSetters#callbackExecutor}} */
    public @Nullable Executor callbackExecutor() {
        return callbackExecutor;
    }

    /** Whether each option has the same value. */
    @Override
    public boolean equals(@Nullable Object other) {
        return ClientSetters.OPTIONS.equal(this, other);
    }

    /** A hash of all values. */
    @Override
    public int hashCode() {
        return ClientSetters.OPTIONS.hash(this);
    }

    /** All names and values. */
    @Override
    public String toString() {
        return ClientSetters.OPTIONS.text(this);
    }

    /** Builds options. For one thread at a time. */
    public static final class Builder extends ClientSetters<Builder> {
        private Builder() {}

        /**
         * Checks them, but for the node id and the metadata, which a client checks when it
         * connects: options may be shared by clients that differ in both.
         *
         * @return the options
         * @throws IllegalArgumentException if a value is out of its range, or does not go together
         *     with another; the message names the option, the value and the range
         */
        public ClientOptions build() {
            return built();
        }
    }
}
