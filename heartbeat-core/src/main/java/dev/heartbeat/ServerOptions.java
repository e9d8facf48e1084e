package dev.heartbeat;

import static dev.heartbeat.ServerSetters.ACK_EVERY;
import static dev.heartbeat.ServerSetters.ALLOW_FROM;
import static dev.heartbeat.ServerSetters.ATTEMPTS_PER_SECOND;
import static dev.heartbeat.ServerSetters.ATTEMPTS_PER_SECOND_PER_ADDRESS;
import static dev.heartbeat.ServerSetters.AUTHENTICATION_TIMEOUT;
import static dev.heartbeat.ServerSetters.BAN_TIME;
import static dev.heartbeat.ServerSetters.CALLBACK_EXECUTOR;
import static dev.heartbeat.ServerSetters.CHANNEL_QUEUE_BYTES;
import static dev.heartbeat.ServerSetters.CHANNEL_QUEUE_MESSAGES;
import static dev.heartbeat.ServerSetters.CONTROL_FRAMES_PER_SECOND;
import static dev.heartbeat.ServerSetters.DENY_FROM;
import static dev.heartbeat.ServerSetters.DRAIN_DELAY;
import static dev.heartbeat.ServerSetters.FRAGMENT_TIMEOUT;
import static dev.heartbeat.ServerSetters.GRACE;
import static dev.heartbeat.ServerSetters.GROUP_KEY;
import static dev.heartbeat.ServerSetters.HANDSHAKE_TIMEOUT;
import static dev.heartbeat.ServerSetters.HOST;
import static dev.heartbeat.ServerSetters.INBOUND_BUDGET_BYTES;
import static dev.heartbeat.ServerSetters.MASS_GUARD_MAX_HOLD;
import static dev.heartbeat.ServerSetters.MASS_GUARD_MINIMUM;
import static dev.heartbeat.ServerSetters.MASS_GUARD_RELEASE_RATE;
import static dev.heartbeat.ServerSetters.MASS_GUARD_SHARE;
import static dev.heartbeat.ServerSetters.MAX_AUTHENTICATIONS;
import static dev.heartbeat.ServerSetters.MAX_CHANNELS;
import static dev.heartbeat.ServerSetters.MAX_CONNECTIONS;
import static dev.heartbeat.ServerSetters.MAX_CONNECTIONS_PER_ADDRESS;
import static dev.heartbeat.ServerSetters.MAX_CONNECTIONS_PER_IPV6_NETWORK;
import static dev.heartbeat.ServerSetters.MAX_GROUPS_PER_NODE;
import static dev.heartbeat.ServerSetters.MAX_GROUP_POLICIES;
import static dev.heartbeat.ServerSetters.MAX_MESSAGE_BYTES;
import static dev.heartbeat.ServerSetters.MAX_METADATA_BYTES_PER_ADDRESS;
import static dev.heartbeat.ServerSetters.MAX_METADATA_BYTES_PER_PRINCIPAL;
import static dev.heartbeat.ServerSetters.MAX_NODES;
import static dev.heartbeat.ServerSetters.MAX_NODES_PER_ADDRESS;
import static dev.heartbeat.ServerSetters.MAX_NODES_PER_CONNECTION;
import static dev.heartbeat.ServerSetters.MAX_NODES_PER_PRINCIPAL;
import static dev.heartbeat.ServerSetters.MAX_UNREGISTERED;
import static dev.heartbeat.ServerSetters.MAX_WINDOW_BYTES;
import static dev.heartbeat.ServerSetters.MIN_MESSAGE_BYTES_PER_SECOND;
import static dev.heartbeat.ServerSetters.OFFLINE_MAXIMUM;
import static dev.heartbeat.ServerSetters.OFFLINE_RETENTION;
import static dev.heartbeat.ServerSetters.OVERLOAD_BY_HEAP;
import static dev.heartbeat.ServerSetters.PORT;
import static dev.heartbeat.ServerSetters.PROXY_PROTOCOL_FROM;
import static dev.heartbeat.ServerSetters.REGISTRATION_BUDGET_BYTES;
import static dev.heartbeat.ServerSetters.SLOW_MESSAGE_GRACE;
import static dev.heartbeat.ServerSetters.TAKEOVER_POLICY;
import static dev.heartbeat.ServerSetters.WINDOW_BYTES;
import static dev.heartbeat.ServerSetters.WRITE_STALL_TIMEOUT;

import dev.heartbeat.option.Given;
import dev.heartbeat.option.Option;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The options of a server. Immutable; {@link ServerSetters} says what each option means.
 *
 * @since 0.1
 */
public final class ServerOptions {
    private static final long LEAST_BUDGET = 1 << 20;

    private final Given<ServerOptions> given;
    private final String host;
    private final int port;
    private final Duration heartbeatInterval;
    private final Duration suspectAfter;
    private final Duration heartbeatTimeout;
    private final Duration grace;
    private final int ackEvery;
    private final Duration handshakeTimeout;
    private final Duration authenticationTimeout;
    private final int maxAuthentications;
    private final Duration writeStallTimeout;
    private final int maxConnections;
    private final int maxConnectionsPerAddress;
    private final int maxConnectionsPerIpv6Network;
    private final int maxUnregistered;
    private final int attemptsPerSecond;
    private final int attemptsPerSecondPerAddress;
    private final int controlFramesPerSecond;
    private final Duration banTime;
    private final Networks allowFrom;
    private final Networks denyFrom;
    private final Networks proxyProtocolFrom;
    private final int maxNodesPerConnection;
    private final int maxNodes;
    private final int maxNodesPerPrincipal;
    private final int maxNodesPerAddress;
    private final long maxMetadataBytesPerPrincipal;
    private final long maxMetadataBytesPerAddress;
    private final long registrationBudgetBytes;
    private final int maxMessageBytes;
    private final int channelQueueMessages;
    private final long channelQueueBytes;
    private final int windowBytes;
    private final int maxWindowBytes;
    private final int maxChannels;
    private final Duration fragmentTimeout;
    private final Duration slowMessageGrace;
    private final int minMessageBytesPerSecond;
    private final long inboundBudgetBytes;
    private final boolean overloadByHeap;
    private final TakeoverPolicy takeoverPolicy;
    private final String groupKey;
    private final int maxGroupsPerNode;
    private final int maxGroupPolicies;
    private final Duration offlineRetention;
    private final Duration drainDelay;
    private final int offlineMaximum;
    private final double massGuardShare;
    private final int massGuardMinimum;
    private final Duration massGuardMaxHold;
    private final int massGuardReleaseRate;
    private final @Nullable Executor callbackExecutor;

    ServerOptions(Given<ServerOptions> given) {
        this.given = given;
        host = given.value(HOST);
        port = given.value(PORT);
        Silence silence = new Silence(given);
        heartbeatInterval = silence.interval;
        suspectAfter = silence.suspectAfter;
        heartbeatTimeout = silence.timeout;
        grace = given.value(GRACE, heartbeatTimeout);
        ackEvery = given.value(ACK_EVERY);
        handshakeTimeout = given.value(HANDSHAKE_TIMEOUT);
        authenticationTimeout = given.value(AUTHENTICATION_TIMEOUT);
        maxAuthentications = given.value(MAX_AUTHENTICATIONS);
        writeStallTimeout = given.value(WRITE_STALL_TIMEOUT);
        maxConnections = given.value(MAX_CONNECTIONS);
        maxConnectionsPerAddress = given.value(MAX_CONNECTIONS_PER_ADDRESS);
        maxConnectionsPerIpv6Network = given.value(MAX_CONNECTIONS_PER_IPV6_NETWORK);
        maxUnregistered = given.value(MAX_UNREGISTERED);
        attemptsPerSecond = given.value(ATTEMPTS_PER_SECOND);
        attemptsPerSecondPerAddress = given.value(ATTEMPTS_PER_SECOND_PER_ADDRESS);
        controlFramesPerSecond = given.value(CONTROL_FRAMES_PER_SECOND);
        banTime = given.value(BAN_TIME);
        allowFrom = given.value(ALLOW_FROM);
        denyFrom = given.value(DENY_FROM);
        proxyProtocolFrom = given.value(PROXY_PROTOCOL_FROM);
        maxNodesPerConnection = given.value(MAX_NODES_PER_CONNECTION);
        maxNodes = given.value(MAX_NODES);
        maxNodesPerPrincipal = given.value(MAX_NODES_PER_PRINCIPAL);
        maxNodesPerAddress = given.value(MAX_NODES_PER_ADDRESS);
        maxMetadataBytesPerPrincipal = given.value(MAX_METADATA_BYTES_PER_PRINCIPAL);
        maxMetadataBytesPerAddress = given.value(MAX_METADATA_BYTES_PER_ADDRESS);
        registrationBudgetBytes = given.value(REGISTRATION_BUDGET_BYTES, quarterOfTheHeap());
        maxMessageBytes = given.value(MAX_MESSAGE_BYTES);
        channelQueueMessages = given.value(CHANNEL_QUEUE_MESSAGES);
        channelQueueBytes = given.value(CHANNEL_QUEUE_BYTES);
        windowBytes = given.value(WINDOW_BYTES);
        maxWindowBytes = given.atLeast(MAX_WINDOW_BYTES, windowBytes);
        maxChannels = given.value(MAX_CHANNELS);
        fragmentTimeout = given.value(FRAGMENT_TIMEOUT);
        slowMessageGrace = given.value(SLOW_MESSAGE_GRACE);
        minMessageBytesPerSecond = given.value(MIN_MESSAGE_BYTES_PER_SECOND);
        inboundBudgetBytes = given.value(INBOUND_BUDGET_BYTES);
        overloadByHeap = given.value(OVERLOAD_BY_HEAP);
        takeoverPolicy = given.value(TAKEOVER_POLICY);
        groupKey = given.value(GROUP_KEY);
        maxGroupsPerNode = given.value(MAX_GROUPS_PER_NODE);
        maxGroupPolicies = given.value(MAX_GROUP_POLICIES);
        offlineRetention = given.value(OFFLINE_RETENTION);
        drainDelay = given.value(DRAIN_DELAY);
        offlineMaximum = given.value(OFFLINE_MAXIMUM);
        massGuardShare = given.value(MASS_GUARD_SHARE);
        massGuardMinimum = given.value(MASS_GUARD_MINIMUM);
        massGuardMaxHold = given.value(MASS_GUARD_MAX_HOLD);
        massGuardReleaseRate = given.value(MASS_GUARD_RELEASE_RATE);
        callbackExecutor = given.orNull(CALLBACK_EXECUTOR);
    }

    private static long quarterOfTheHeap() {
        return Math.max(LEAST_BUDGET, Runtime.getRuntime().maxMemory() / 4);
    }

    /** {@return options with the default of every option} */
    public static ServerOptions defaults() {
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
    public static List<Option<ServerOptions, ?>> descriptions() {
        return ServerSetters.OPTIONS.all();
    }

    Given<ServerOptions> given() {
        return given;
    }

    /**
     * Refuses other options for a running server, unless they differ in what can change only.
     *
     * @throws IllegalArgumentException naming the option, its value and the one in force
     */
    void requireChangeableTo(ServerOptions other) {
        for (Option<ServerOptions, ?> option : descriptions()) {
            Object now = option.get(this);
            Object then = option.get(other);
            if (!option.isChangeable() && !Objects.equals(now, then)) {
                throw new IllegalArgumentException(option.name() + " is " + textOf(then) + ", allowed is " + textOf(now)
                        + " while the server runs");
            }
        }
    }

    private static String textOf(@Nullable Object value) {
        return value == null ? "none" : Option.textOf(value);
    }

    /** {@return the value of {@link ServerSetters#host}} */
    public String host() {
        return host;
    }

    /** {@return the value of {@link ServerSetters#port}} */
    public int port() {
        return port;
    }

    /** {@return the value of {@link ServerSetters#heartbeatInterval}} */
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    /** {@return the value of {@link ServerSetters#suspectAfter}} */
    public Duration suspectAfter() {
        return suspectAfter;
    }

    /** {@return the value of {@link ServerSetters#heartbeatTimeout}} */
    public Duration heartbeatTimeout() {
        return heartbeatTimeout;
    }

    /** {@return the value of {@link ServerSetters#grace}} */
    public Duration grace() {
        return grace;
    }

    /** {@return the value of {@link ServerSetters#ackEvery}} */
    public int ackEvery() {
        return ackEvery;
    }

    /** {@return the value of {@link ServerSetters#handshakeTimeout}} */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /** {@return the value of {@link ServerSetters#authenticationTimeout}} */
    public Duration authenticationTimeout() {
        return authenticationTimeout;
    }

    /** {@return the value of {@link ServerSetters#maxAuthentications}} */
    public int maxAuthentications() {
        return maxAuthentications;
    }

    /** {@return the value of {@link ServerSetters#writeStallTimeout}} */
    public Duration writeStallTimeout() {
        return writeStallTimeout;
    }

    /** {@return the value of {@link ServerSetters#maxConnections}} */
    public int maxConnections() {
        return maxConnections;
    }

    /** {@return the value of {@link ServerSetters#maxConnectionsPerAddress}} */
    public int maxConnectionsPerAddress() {
        return maxConnectionsPerAddress;
    }

    /** {@return the value of {@link ServerSetters#maxConnectionsPerIpv6Network}} */
    public int maxConnectionsPerIpv6Network() {
        return maxConnectionsPerIpv6Network;
    }

    /** {@return the value of {@link ServerSetters#maxUnregistered}} */
    public int maxUnregistered() {
        return maxUnregistered;
    }

    /** {@return the value of {@link ServerSetters#attemptsPerSecond}} */
    public int attemptsPerSecond() {
        return attemptsPerSecond;
    }

    /** {@return the value of {@link ServerSetters#attemptsPerSecondPerAddress}} */
    public int attemptsPerSecondPerAddress() {
        return attemptsPerSecondPerAddress;
    }

    /** {@return the value of {@link ServerSetters#controlFramesPerSecond}} */
    public int controlFramesPerSecond() {
        return controlFramesPerSecond;
    }

    /** {@return the value of {@link ServerSetters#banTime}} */
    public Duration banTime() {
        return banTime;
    }

    /** {@return the value of {@link ServerSetters#allowFrom}} */
    public Networks allowFrom() {
        return allowFrom;
    }

    /** {@return the value of {@link ServerSetters#denyFrom}} */
    public Networks denyFrom() {
        return denyFrom;
    }

    /** {@return the value of {@link ServerSetters#proxyProtocolFrom}} */
    public Networks proxyProtocolFrom() {
        return proxyProtocolFrom;
    }

    /** {@return the value of {@link ServerSetters#maxNodesPerConnection}} */
    public int maxNodesPerConnection() {
        return maxNodesPerConnection;
    }

    /** {@return the value of {@link ServerSetters#maxNodes}} */
    public int maxNodes() {
        return maxNodes;
    }

    /** {@return the value of {@link ServerSetters#maxNodesPerPrincipal}} */
    public int maxNodesPerPrincipal() {
        return maxNodesPerPrincipal;
    }

    /** {@return the value of {@link ServerSetters#maxNodesPerAddress}} */
    public int maxNodesPerAddress() {
        return maxNodesPerAddress;
    }

    /** {@return the value of {@link ServerSetters#maxMetadataBytesPerPrincipal}} */
    public long maxMetadataBytesPerPrincipal() {
        return maxMetadataBytesPerPrincipal;
    }

    /** {@return the value of {@link ServerSetters#maxMetadataBytesPerAddress}} */
    public long maxMetadataBytesPerAddress() {
        return maxMetadataBytesPerAddress;
    }

    /** {@return the value of {@link ServerSetters#registrationBudgetBytes}} */
    public long registrationBudgetBytes() {
        return registrationBudgetBytes;
    }

    /** {@return the value of {@link ServerSetters#maxMessageBytes}} */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** {@return the value of {@link ServerSetters#channelQueueMessages}} */
    public int channelQueueMessages() {
        return channelQueueMessages;
    }

    /** {@return the value of {@link ServerSetters#channelQueueBytes}} */
    public long channelQueueBytes() {
        return channelQueueBytes;
    }

    /** {@return the value of {@link ServerSetters#windowBytes}} */
    public int windowBytes() {
        return windowBytes;
    }

    /** {@return the value of {@link ServerSetters#maxWindowBytes}} */
    public int maxWindowBytes() {
        return maxWindowBytes;
    }

    /** {@return the value of {@link ServerSetters#maxChannels}} */
    public int maxChannels() {
        return maxChannels;
    }

    /** {@return the value of {@link ServerSetters#fragmentTimeout}} */
    public Duration fragmentTimeout() {
        return fragmentTimeout;
    }

    /** {@return the value of {@link ServerSetters#slowMessageGrace}} */
    public Duration slowMessageGrace() {
        return slowMessageGrace;
    }

    /** {@return the value of {@link ServerSetters#minMessageBytesPerSecond}} */
    public int minMessageBytesPerSecond() {
        return minMessageBytesPerSecond;
    }

    /** {@return the value of {@link ServerSetters#inboundBudgetBytes}} */
    public long inboundBudgetBytes() {
        return inboundBudgetBytes;
    }

    /** {@return the value of {@link ServerSetters#overloadByHeap}} */
    public boolean overloadByHeap() {
        return overloadByHeap;
    }

    /** {@return the value of {@link ServerSetters#takeoverPolicy}} */
    public TakeoverPolicy takeoverPolicy() {
        return takeoverPolicy;
    }

    /** {@return the value of {@link ServerSetters#groupKey}} */
    public String groupKey() {
        return groupKey;
    }

    /** {@return the value of {@link ServerSetters#maxGroupsPerNode}} */
    public int maxGroupsPerNode() {
        return maxGroupsPerNode;
    }

    /** {@return the value of {@link ServerSetters#maxGroupPolicies}} */
    public int maxGroupPolicies() {
        return maxGroupPolicies;
    }

    /** {@return the value of {@link ServerSetters#drainDelay}} */
    public Duration drainDelay() {
        return drainDelay;
    }

    /** {@return the value of {@link ServerSetters#offlineRetention}} */
    public Duration offlineRetention() {
        return offlineRetention;
    }

    /** {@return the value of {@link ServerSetters#offlineMaximum}} */
    public int offlineMaximum() {
        return offlineMaximum;
    }

    /** {@return the value of {@link ServerSetters#massGuardShare}} */
    public double massGuardShare() {
        return massGuardShare;
    }

    /** {@return the value of {@link ServerSetters#massGuardMinimum}} */
    public int massGuardMinimum() {
        return massGuardMinimum;
    }

    /** {@return the value of {@link ServerSetters#massGuardMaxHold}} */
    public Duration massGuardMaxHold() {
        return massGuardMaxHold;
    }

    /** {@return the value of {@link ServerSetters#massGuardReleaseRate}} */
    public int massGuardReleaseRate() {
        return massGuardReleaseRate;
    }

    /** {@return the value of {@link ServerSetters#callbackExecutor}} */
    public @Nullable Executor callbackExecutor() {
        return callbackExecutor;
    }

    /** Whether each option has the same value. */
    @Override
    public boolean equals(@Nullable Object other) {
        return ServerSetters.OPTIONS.equal(this, other);
    }

    /** A hash of all values. */
    @Override
    public int hashCode() {
        return ServerSetters.OPTIONS.hash(this);
    }

    /** All names and values. */
    @Override
    public String toString() {
        return ServerSetters.OPTIONS.text(this);
    }

    /** Builds options. For one thread at a time. */
    public static final class Builder extends ServerSetters<Builder> {
        private Builder() {}

        /**
         * Checks them.
         *
         * @return the options
         * @throws IllegalArgumentException if a value is out of its range, or does not go together
         *     with another; the message names the option, the value and the range
         */
        public ServerOptions build() {
            return built();
        }
    }
}
