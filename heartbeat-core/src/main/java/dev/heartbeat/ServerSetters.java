package dev.heartbeat;

import dev.heartbeat.option.Option;
import dev.heartbeat.option.OptionList;
import dev.heartbeat.option.OptionSetters;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Sets the options of a server: what {@link ServerOptions.Builder} and
 * {@link HeartbeatServer.Builder} have in common. The ranges are in docs/OPTIONS.md, and each
 * refusal names its own.
 *
 * @param <B> the builder itself
 * @since 0.1
 */
public abstract class ServerSetters<B extends ServerSetters<B>> extends OptionSetters<ServerOptions, B> {
    private static final int MIB = 1024 * 1024;
    private static final Predicate<String> GROUP_KEYS =
            Pattern.compile("[A-Za-z0-9._:-]{1,64}").asMatchPredicate();

    static final OptionList<ServerOptions> OPTIONS = new OptionList<>(ServerOptions.class);

    static final Option<ServerOptions, String> HOST = OPTIONS.string(
                    "host", ServerOptions::host, Hosts::isHost, Hosts.ALLOWED)
            .byDefault("0.0.0.0")
            .text("Address to listen on; 0.0.0.0 means all.");
    static final Option<ServerOptions, Integer> PORT = OPTIONS.integer("port", ServerOptions::port, 0, 65_535)
            .byDefault(9501)
            .text("Port to listen on; 0 picks a free one.");
    static final Option<ServerOptions, Duration> HEARTBEAT_INTERVAL = OPTIONS.time(
                    "heartbeatInterval", ServerOptions::heartbeatInterval, Duration.ofMillis(10), Duration.ofDays(1))
            .byDefault(Duration.ofSeconds(10))
            .text("Nodes send a heartbeat this often.");
    static final Option<ServerOptions, Duration> SUSPECT_AFTER = OPTIONS.time(
                    "suspectAfter", ServerOptions::suspectAfter, Duration.ZERO, Duration.ofDays(7))
            .otherwise("5/6 of heartbeatTimeout")
            .text("Silence after which a node is SUSPECT; at least twice heartbeatInterval.");
    static final Option<ServerOptions, Duration> HEARTBEAT_TIMEOUT = OPTIONS.time(
                    "heartbeatTimeout", ServerOptions::heartbeatTimeout, Duration.ZERO, Duration.ofDays(7))
            .byDefault(Duration.ofSeconds(30))
            .text("Silence after which a node is OFFLINE; more than suspectAfter.");
    static final Option<ServerOptions, Duration> GRACE = OPTIONS.time(
                    "grace", ServerOptions::grace, Duration.ZERO, Duration.ofDays(7))
            .otherwise("as heartbeatTimeout")
            .text("Time a node has to come back after its connection is lost.");
    static final Option<ServerOptions, Integer> ACK_EVERY = OPTIONS.integer(
                    "ackEvery", ServerOptions::ackEvery, 1, 1000)
            .byDefault(1)
            .text("Answers every N-th heartbeat.");
    static final Option<ServerOptions, Duration> HANDSHAKE_TIMEOUT = OPTIONS.time(
                    "handshakeTimeout", ServerOptions::handshakeTimeout, Duration.ofMillis(10), Duration.ofMinutes(10))
            .byDefault(Duration.ofSeconds(5))
            .text("Time a connection has to register.");
    static final Option<ServerOptions, Duration> AUTHENTICATION_TIMEOUT = OPTIONS.time(
                    "authenticationTimeout",
                    ServerOptions::authenticationTimeout,
                    Duration.ofMillis(10),
                    Duration.ofMinutes(10))
            .byDefault(Duration.ofSeconds(3))
            .text("Time the authenticator has to answer. A client waits for handshakeTimeout of its own.");
    static final Option<ServerOptions, Integer> MAX_AUTHENTICATIONS = OPTIONS.integer(
                    "maxAuthentications", ServerOptions::maxAuthentications, 1, 10_000_000)
            .byDefault(10_000)
            .text("Registrations at a time that wait for the authenticator. One more is sent away for now.");
    static final Option<ServerOptions, Duration> WRITE_STALL_TIMEOUT = OPTIONS.time(
                    "writeStallTimeout", ServerOptions::writeStallTimeout, Duration.ofMillis(100), Duration.ofHours(1))
            .byDefault(Duration.ofSeconds(10))
            .text("A peer that takes no bytes for this long is disconnected.");
    static final Option<ServerOptions, Integer> MAX_CONNECTIONS = OPTIONS.integer(
                    "maxConnections", ServerOptions::maxConnections, 1, 100_000_000)
            .byDefault(1_000_000)
            .changeable()
            .text("Open connections at most. One more is closed at once.");
    static final Option<ServerOptions, Integer> MAX_CONNECTIONS_PER_ADDRESS = OPTIONS.integer(
                    "maxConnectionsPerAddress", ServerOptions::maxConnectionsPerAddress, 0, 100_000_000)
            .byDefault(0, "0, no limit")
            .changeable()
            .text("Open connections at most from one address; 0 means no limit. One more is closed at once.");
    static final Option<ServerOptions, Integer> MAX_CONNECTIONS_PER_IPV6_NETWORK = OPTIONS.integer(
                    "maxConnectionsPerIpv6Network", ServerOptions::maxConnectionsPerIpv6Network, 0, 100_000_000)
            .byDefault(0, "0, no limit")
            .changeable()
            .text("Open connections at most from one IPv6 network of 64 bits; 0 means no limit.");
    static final Option<ServerOptions, Integer> MAX_UNREGISTERED = OPTIONS.integer(
                    "maxUnregistered", ServerOptions::maxUnregistered, 1, 100_000_000)
            .byDefault(100_000)
            .changeable()
            .text("Open connections at most that have no node yet. One more is closed at once.");
    static final Option<ServerOptions, Integer> ATTEMPTS_PER_SECOND = OPTIONS.integer(
                    "attemptsPerSecond", ServerOptions::attemptsPerSecond, 0, 1_000_000)
            .byDefault(0, "0, no limit")
            .changeable()
            .text("Connections kept per second, and at once; 0 means no limit. Those beyond are closed at once.");
    static final Option<ServerOptions, Integer> ATTEMPTS_PER_SECOND_PER_ADDRESS = OPTIONS.integer(
                    "attemptsPerSecondPerAddress", ServerOptions::attemptsPerSecondPerAddress, 0, 1_000_000)
            .byDefault(5000)
            .changeable()
            .text("Connections kept per second from one IPv4 address or IPv6 network of 64 bits, ten times as many"
                    + " at once; 0 means no limit. Those beyond are closed at once.");
    static final Option<ServerOptions, Integer> CONTROL_FRAMES_PER_SECOND = OPTIONS.integer(
                    "controlFramesPerSecond", ServerOptions::controlFramesPerSecond, 0, 1_000_000)
            .byDefault(1000)
            .changeable()
            .text("Frames per second of one connection that register, leave, change metadata, ping, and open or reset"
                    + " channels; 0 means no limit. A connection with more is closed.");
    static final Option<ServerOptions, Duration> BAN_TIME = OPTIONS.time(
                    "banTime", ServerOptions::banTime, Duration.ZERO, Duration.ofHours(1))
            .byDefault(Duration.ofSeconds(10))
            .changeable()
            .text("Time for which a node that sent more than controlFramesPerSecond may not register from its address;"
                    + " 0 bans nobody.");
    static final Option<ServerOptions, Networks> ALLOW_FROM = OPTIONS.object(
                    "allowFrom", Networks.class, ServerOptions::allowFrom)
            .byDefault(Networks.none(), "none, which allows everybody")
            .changeable()
            .text("Networks that may connect, with commas between them. Others are closed at once.");
    static final Option<ServerOptions, Networks> DENY_FROM = OPTIONS.object(
                    "denyFrom", Networks.class, ServerOptions::denyFrom)
            .byDefault(Networks.none())
            .changeable()
            .text("Networks that may not connect, even if allowFrom has them.");
    static final Option<ServerOptions, Networks> PROXY_PROTOCOL_FROM = OPTIONS.object(
                    "proxyProtocolFrom", Networks.class, ServerOptions::proxyProtocolFrom)
            .byDefault(Networks.none())
            .changeable()
            .text("Networks of proxies that begin each connection with a header of the PROXY protocol. Limits count"
                    + " the address in the header.");
    static final Option<ServerOptions, Integer> MAX_NODES_PER_CONNECTION = OPTIONS.integer(
                    "maxNodesPerConnection", ServerOptions::maxNodesPerConnection, 0, 1_000_000)
            .byDefault(1000)
            .text("Nodes that a gateway may register beside its own; 0 allows no gateways.");
    static final Option<ServerOptions, Integer> MAX_NODES = OPTIONS.integer(
                    "maxNodes", ServerOptions::maxNodes, 1, 100_000_000)
            .byDefault(10_000_000)
            .text("Known nodes at most, including nodes in grace, nodes of gateways and remembered OFFLINE"
                    + " nodes. One more is refused.");
    static final Option<ServerOptions, Integer> MAX_NODES_PER_PRINCIPAL = OPTIONS.integer(
                    "maxNodesPerPrincipal", ServerOptions::maxNodesPerPrincipal, 0, 100_000_000)
            .byDefault(0, "0, no limit")
            .text("Registered nodes at most of one principal, those in grace included; 0 means no limit. One more is"
                    + " refused.");
    static final Option<ServerOptions, Integer> MAX_NODES_PER_ADDRESS = OPTIONS.integer(
                    "maxNodesPerAddress", ServerOptions::maxNodesPerAddress, 0, 100_000_000)
            .byDefault(0, "0, no limit")
            .text("Registered nodes at most from one IPv4 address or IPv6 network of 64 bits, those in grace included;"
                    + " 0 means no limit. One more is refused.");
    static final Option<ServerOptions, Long> MAX_METADATA_BYTES_PER_PRINCIPAL = OPTIONS.longBytes(
                    "maxMetadataBytesPerPrincipal", ServerOptions::maxMetadataBytesPerPrincipal, 0, 1L << 50)
            .byDefault(0L, "0, no limit")
            .text("Heap at most for the metadata of the registered nodes of one principal, those in grace included;"
                    + " 0 means no limit. Metadata beyond it are refused.");
    static final Option<ServerOptions, Long> MAX_METADATA_BYTES_PER_ADDRESS = OPTIONS.longBytes(
                    "maxMetadataBytesPerAddress", ServerOptions::maxMetadataBytesPerAddress, 0, 1L << 50)
            .byDefault(0L, "0, no limit")
            .text("Heap at most for the metadata of the registered nodes from one IPv4 address or IPv6 network of"
                    + " 64 bits, those in grace included; 0 means no limit. Metadata beyond it are refused.");
    static final Option<ServerOptions, Long> REGISTRATION_BUDGET_BYTES = OPTIONS.longBytes(
                    "registrationBudgetBytes", ServerOptions::registrationBudgetBytes, 1 << 16, 1L << 50)
            .otherwise("a quarter of the largest heap")
            .text("Heap for all registrations together.");
    static final Option<ServerOptions, Integer> MAX_MESSAGE_BYTES = OPTIONS.bytes(
                    "maxMessageBytes", ServerOptions::maxMessageBytes, 0, 1 << 30)
            .byDefault(10 * MIB)
            .text("Longest message in either direction.");
    static final Option<ServerOptions, Integer> CHANNEL_QUEUE_MESSAGES = OPTIONS.integer(
                    "channelQueueMessages", ServerOptions::channelQueueMessages, 1, 1_000_000)
            .byDefault(1000)
            .text("Messages that may wait for one node.");
    static final Option<ServerOptions, Long> CHANNEL_QUEUE_BYTES = OPTIONS.longBytes(
                    "channelQueueBytes", ServerOptions::channelQueueBytes, 1 << 10, 1L << 40)
            .byDefault((long) MIB)
            .text("Bytes of messages that may wait for one node. A larger message waits alone.");
    static final Option<ServerOptions, Integer> WINDOW_BYTES = OPTIONS.bytes(
                    "windowBytes", ServerOptions::windowBytes, Windows.MIN_BYTES, Windows.MAX_BYTES)
            .byDefault(64 * 1024)
            .text("First window of channel 0: bytes that a node may send ahead of the application.");
    static final Option<ServerOptions, Integer> MAX_WINDOW_BYTES = OPTIONS.bytes(
                    "maxWindowBytes", ServerOptions::maxWindowBytes, Windows.MIN_BYTES, Windows.MAX_BYTES)
            .byDefault(MIB, Windows.DEFAULT_MAX_TEXT)
            .text("Largest window of channel 0; at least windowBytes. It grows while the application keeps up"
                    + " and the budget allows it.");
    static final Option<ServerOptions, Integer> MAX_CHANNELS = OPTIONS.integer(
                    "maxChannels", ServerOptions::maxChannels, 0, 65_535)
            .byDefault(100)
            .text("Channels that each side may have open on a connection, beside channel 0; 0 allows none.");
    static final Option<ServerOptions, Duration> FRAGMENT_TIMEOUT = OPTIONS.time(
                    "fragmentTimeout", ServerOptions::fragmentTimeout, Duration.ofMillis(100), Duration.ofHours(1))
            .byDefault(Duration.ofSeconds(30))
            .text("A message is dropped if nothing more of it arrives for this long.");
    static final Option<ServerOptions, Duration> SLOW_MESSAGE_GRACE = OPTIONS.time(
                    "slowMessageGrace", ServerOptions::slowMessageGrace, Duration.ofMillis(100), Duration.ofHours(1))
            .byDefault(Duration.ofSeconds(10))
            .text("Time for which a message may be slower than minMessageBytesPerSecond.");
    static final Option<ServerOptions, Integer> MIN_MESSAGE_BYTES_PER_SECOND = OPTIONS.bytes(
                    "minMessageBytesPerSecond", ServerOptions::minMessageBytesPerSecond, 1, 1 << 30)
            .byDefault(1024)
            .text("A message that arrives more slowly is dropped after slowMessageGrace.");
    static final Option<ServerOptions, Long> INBOUND_BUDGET_BYTES = OPTIONS.longBytes(
                    "inboundBudgetBytes", ServerOptions::inboundBudgetBytes, 0, 1L << 50)
            .byDefault(256L * MIB)
            .text("Memory for large messages, grown windows and windows of channels, for all nodes together.");
    static final Option<ServerOptions, Boolean> OVERLOAD_BY_HEAP = OPTIONS.flag(
                    "overloadByHeap", ServerOptions::overloadByHeap)
            .byDefault(false)
            .text("Heap that is in use after garbage collections counts as overload.");
    static final Option<ServerOptions, TakeoverPolicy> TAKEOVER_POLICY = OPTIONS.choice(
                    "takeoverPolicy", TakeoverPolicy.class, ServerOptions::takeoverPolicy)
            .byDefault(TakeoverPolicy.NEWEST_WINS)
            .text("Winner when a second process registers an id in use.");
    static final Option<ServerOptions, String> GROUP_KEY = OPTIONS.string(
                    "groupKey", ServerOptions::groupKey, GROUP_KEYS, "1 to 64 characters of A-Z a-z 0-9 . _ : -")
            .byDefault("group")
            .text("Metadata key by which a node names its group.");
    static final Option<ServerOptions, Integer> MAX_GROUPS_PER_NODE = OPTIONS.integer(
                    "maxGroupsPerNode", ServerOptions::maxGroupsPerNode, 0, 100_000)
            .byDefault(100)
            .text("Groups that a node may be joined to at a time.");
    static final Option<ServerOptions, Integer> MAX_GROUP_POLICIES = OPTIONS.integer(
                    "maxGroupPolicies", ServerOptions::maxGroupPolicies, 0, 10_000_000)
            .byDefault(10_000)
            .text("Groups that may have their own policy for slow members.");
    static final Option<ServerOptions, Duration> OFFLINE_RETENTION = OPTIONS.time(
                    "offlineRetention", ServerOptions::offlineRetention, Duration.ZERO, Duration.ofDays(7))
            .byDefault(Duration.ofMinutes(10))
            .text("Time for which an OFFLINE node is remembered; 0 forgets it at once.");
    static final Option<ServerOptions, Duration> DRAIN_DELAY = OPTIONS.time(
                    "drainDelay", ServerOptions::drainDelay, Duration.ZERO, Duration.ofHours(1))
            .byDefault(Duration.ZERO)
            .changeable()
            .text("Time for which a server that shuts down goes on as before, until balancers have noticed.");
    static final Option<ServerOptions, Integer> OFFLINE_MAXIMUM = OPTIONS.integer(
                    "offlineMaximum", ServerOptions::offlineMaximum, 0, 100_000_000)
            .byDefault(100_000)
            .text("Remembered OFFLINE nodes at most. The oldest is forgotten first.");
    static final Option<ServerOptions, Double> MASS_GUARD_SHARE = OPTIONS.fraction(
                    "massGuardShare", ServerOptions::massGuardShare, Double.MIN_VALUE, 1)
            .byDefault(0.1)
            .text("The mass guard holds OFFLINE verdicts while more than this share of the nodes, and more than"
                    + " massGuardMinimum nodes, are SUSPECT.");
    static final Option<ServerOptions, Integer> MASS_GUARD_MINIMUM = OPTIONS.integer(
                    "massGuardMinimum", ServerOptions::massGuardMinimum, 0, Integer.MAX_VALUE)
            .byDefault(100)
            .text("The mass guard holds OFFLINE verdicts only while more than this many nodes are SUSPECT.");
    static final Option<ServerOptions, Duration> MASS_GUARD_MAX_HOLD = OPTIONS.time(
                    "massGuardMaxHold", ServerOptions::massGuardMaxHold, Duration.ZERO, Duration.ofDays(1))
            .byDefault(Duration.ofMinutes(1))
            .text("Longest hold of a verdict, release included; 0 switches the mass guard off.");
    static final Option<ServerOptions, Integer> MASS_GUARD_RELEASE_RATE = OPTIONS.integer(
                    "massGuardReleaseRate", ServerOptions::massGuardReleaseRate, 1, 1_000_000_000)
            .byDefault(1000)
            .text("Held verdicts released per second; more if massGuardMaxHold requires it.");
    static final Option<ServerOptions, Executor> CALLBACK_EXECUTOR = OPTIONS.object(
                    "callbackExecutor", Executor.class, ServerOptions::callbackExecutor)
            .otherwise("the transport's worker threads")
            .text("Executor of the application that runs its callbacks.");

    ServerSetters() {}

    final ServerOptions built() {
        return new ServerOptions(given());
    }

    final B as(ServerOptions options) {
        return replace(options.given());
    }

    /**
     * The address to listen on; by default {@code 0.0.0.0}, which means all. A name is looked up
     * within {@link #handshakeTimeout}, and its first address is taken.
     *
     * @return this builder
     */
    public B host(String value) {
        return put(HOST, value);
    }

    /**
     * The port to listen on; 9501 by default. 0 picks a free one.
     *
     * @return this builder
     */
    public B port(int value) {
        return put(PORT, value);
    }

    /**
     * Nodes send a heartbeat this often; 10 s by default.
     *
     * @return this builder
     */
    public B heartbeatInterval(Duration value) {
        return put(HEARTBEAT_INTERVAL, value);
    }

    /**
     * The silence after which a node is SUSPECT; five sixths of {@link #heartbeatTimeout} by
     * default, which is 25 s. At least twice {@link #heartbeatInterval}.
     *
     * @return this builder
     */
    public B suspectAfter(Duration value) {
        return put(SUSPECT_AFTER, value);
    }

    /**
     * The silence after which a node is OFFLINE; 30 s by default. Longer than
     * {@link #suspectAfter}.
     *
     * @return this builder
     */
    public B heartbeatTimeout(Duration value) {
        return put(HEARTBEAT_TIMEOUT, value);
    }

    /**
     * The time a node has to come back after its connection is lost; {@link #heartbeatTimeout} by
     * default.
     *
     * @return this builder
     */
    public B grace(Duration value) {
        return put(GRACE, value);
    }

    /**
     * The server answers every N-th heartbeat; 1, every one, by default. Fewer answers save a third
     * of a heartbeat's cost.
     *
     * @return this builder
     */
    public B ackEvery(int value) {
        return put(ACK_EVERY, value);
    }

    /**
     * The time a connection has to register; 5 s by default.
     *
     * @return this builder
     */
    public B handshakeTimeout(Duration value) {
        return put(HANDSHAKE_TIMEOUT, value);
    }

    /**
     * The time the {@linkplain HeartbeatServer.Builder#authenticator authenticator} has to answer;
     * 3 s by default. It begins with the registration and takes the place of what is left of
     * {@link #handshakeTimeout}. Keep it below the clients' own
     * {@link ClientSetters#handshakeTimeout}.
     *
     * @return this builder
     * @since 0.1
     */
    public B authenticationTimeout(Duration value) {
        return put(AUTHENTICATION_TIMEOUT, value);
    }

    /**
     * The number of registrations that may wait for the authenticator at a time; 10,000 by default.
     * One more is sent away and comes back after its backoff.
     *
     * @return this builder
     * @since 0.1
     */
    public B maxAuthentications(int value) {
        return put(MAX_AUTHENTICATIONS, value);
    }

    /**
     * A peer that takes no bytes for this long is disconnected; 10 s by default.
     *
     * @return this builder
     */
    public B writeStallTimeout(Duration value) {
        return put(WRITE_STALL_TIMEOUT, value);
    }

    /**
     * Open connections at most; a million by default. One more is closed at once.
     *
     * @return this builder
     */
    public B maxConnections(int value) {
        return put(MAX_CONNECTIONS, value);
    }

    /**
     * Open connections at most from one address; no limit by default, because many nodes may share
     * an address behind a router. One more is closed at once.
     *
     * @return this builder
     * @since 0.1
     */
    public B maxConnectionsPerAddress(int value) {
        return put(MAX_CONNECTIONS_PER_ADDRESS, value);
    }

    /**
     * Open connections at most from one IPv6 network of 64 bits, which one subscriber usually has
     * for itself; no limit by default. An IPv4 address counts by {@link #maxConnectionsPerAddress}
     * alone, and so does an IPv4-mapped one.
     *
     * @return this builder
     * @since 0.1
     */
    public B maxConnectionsPerIpv6Network(int value) {
        return put(MAX_CONNECTIONS_PER_IPV6_NETWORK, value);
    }

    /**
     * Open connections at most that have no node yet, those in a TLS handshake included; 100,000 by
     * default. One more is closed at once. Each has {@link #handshakeTimeout} to register.
     *
     * @return this builder
     * @since 0.1
     */
    public B maxUnregistered(int value) {
        return put(MAX_UNREGISTERED, value);
    }

    /**
     * Connections kept per second, of all addresses together, after a first burst of as many; no
     * limit by default. Those beyond are closed at once.
     * {@link dev.heartbeat.spi.TransportOptions.Builder#acceptsPerSecond} lets them wait instead.
     *
     * @return this builder
     * @since 0.1
     */
    public B attemptsPerSecond(int value) {
        return put(ATTEMPTS_PER_SECOND, value);
    }

    /**
     * Connections kept per second from one IPv4 address or IPv6 network of 64 bits, after a first
     * burst of ten times as many; 5,000 by default, and 0 for no limit. Those beyond are closed at
     * once.
     *
     * @return this builder
     * @since 0.1
     */
    public B attemptsPerSecondPerAddress(int value) {
        return put(ATTEMPTS_PER_SECOND_PER_ADDRESS, value);
    }

    /**
     * Frames per second of one connection that make work whatever their size: those that register,
     * unregister or change a node, PING, and those that open or reset a channel. 1,000 by default,
     * and 0 for no limit. Ten seconds' worth may come at once, and two more for each of
     * {@link #maxNodesPerConnection}. A connection with more is closed; its nodes have their grace,
     * and its own is banned for {@link #banTime}. Heartbeats, messages and answers never count.
     *
     * @return this builder
     * @since 0.1
     */
    public B controlFramesPerSecond(int value) {
        return put(CONTROL_FRAMES_PER_SECOND, value);
    }

    /**
     * The time for which a node that exceeded {@link #controlFramesPerSecond} may not register from
     * the same IPv4 address or IPv6 network of 64 bits; 10 s by default. Zero bans nobody. Other
     * nodes from there may register, and so may the node from elsewhere.
     *
     * @return this builder
     * @since 0.1
     */
    public B banTime(Duration value) {
        return put(BAN_TIME, value);
    }

    /**
     * Networks that may connect; everybody by default. Others are closed at once. Connections that
     * are open already stay.
     *
     * @return this builder
     * @since 0.1
     */
    public B allowFrom(Networks value) {
        return put(ALLOW_FROM, value);
    }

    /**
     * Networks that may not connect, even if {@link #allowFrom} has them; none by default.
     * Connections that are open already stay.
     *
     * @return this builder
     * @since 0.1
     */
    public B denyFrom(Networks value) {
        return put(DENY_FROM, value);
    }

    /**
     * Networks of proxies, such as HAProxy or nginx, that begin each connection with a header of
     * the PROXY protocol, version 1 or 2; none by default. The header comes before TLS and within
     * {@link #handshakeTimeout}. The client's address in it is the node's address from then on, and
     * lists and limits by address are for that one. A connection from there without a header is
     * closed; a header from elsewhere is a foreign protocol.
     *
     * @return this builder
     * @since 0.1
     */
    public B proxyProtocolFrom(Networks value) {
        return put(PROXY_PROTOCOL_FROM, value);
    }

    /**
     * Nodes that a gateway may register beside its own; 1,000 by default. 0 allows no gateways.
     *
     * @return this builder
     */
    public B maxNodesPerConnection(int value) {
        return put(MAX_NODES_PER_CONNECTION, value);
    }

    /**
     * Known nodes at most; ten million by default. Nodes in grace, nodes of gateways and remembered
     * OFFLINE nodes count too. One more is refused, and may try again one heartbeat interval later.
     * A known node may always come back.
     *
     * @return this builder
     */
    public B maxNodes(int value) {
        return put(MAX_NODES, value);
    }

    /**
     * Registered nodes at most of one principal, as the
     * {@linkplain HeartbeatServer.Builder#authenticator authenticator} names it; 0, no limit, by
     * default, since one principal may have the whole fleet. Nodes in grace and nodes of gateways
     * count, OFFLINE ones do not. One more is refused, and may try again one heartbeat interval
     * later. A process that comes back is never refused.
     *
     * @return this builder
     * @since 0.1
     */
    public B maxNodesPerPrincipal(int value) {
        return put(MAX_NODES_PER_PRINCIPAL, value);
    }

    /**
     * Registered nodes at most from one IPv4 address or IPv6 network of 64 bits; 0, no limit, by
     * default, since many nodes may share an address behind a router, and gateways have many. It
     * counts as {@link #maxNodesPerPrincipal} does.
     *
     * @return this builder
     * @since 0.1
     */
    public B maxNodesPerAddress(int value) {
        return put(MAX_NODES_PER_ADDRESS, value);
    }

    /**
     * Bytes of the heap at most for the metadata of all registered nodes of one principal; 0, no
     * limit, by default. They are estimated as {@link #registrationBudgetBytes} does: a node with
     * metadata takes 48 bytes plus their text, and 400 more if they name a group. Nodes in grace and
     * nodes of gateways count, OFFLINE ones do not. A node whose metadata exceed it is refused, and
     * may try again one heartbeat interval later; where a registered node changes its metadata, the
     * old ones stay. A process that comes back with metadata no longer than before is never refused.
     *
     * @return this builder
     * @since 0.1
     */
    public B maxMetadataBytesPerPrincipal(long value) {
        return put(MAX_METADATA_BYTES_PER_PRINCIPAL, value);
    }

    /**
     * Bytes of the heap at most for the metadata of all registered nodes from one IPv4 address or
     * IPv6 network of 64 bits; 0, no limit, by default. It counts as
     * {@link #maxMetadataBytesPerPrincipal} does.
     *
     * @return this builder
     * @since 0.1
     */
    public B maxMetadataBytesPerAddress(long value) {
        return put(MAX_METADATA_BYTES_PER_ADDRESS, value);
    }

    /**
     * The heap for all registrations together, ids and metadata included; a quarter of the JVM's
     * maximum heap by default. A node takes about 300 bytes, plus its metadata. A node without room
     * is refused, and may try again one heartbeat interval later. New metadata without room are
     * refused, and the old ones stay.
     *
     * @return this builder
     */
    public B registrationBudgetBytes(long value) {
        return put(REGISTRATION_BUDGET_BYTES, value);
    }

    /**
     * The longest message in either direction; 10 MiB by default.
     *
     * @return this builder
     */
    public B maxMessageBytes(int value) {
        return put(MAX_MESSAGE_BYTES, value);
    }

    /**
     * Messages that may wait for one node; 1,000 by default.
     *
     * @return this builder
     */
    public B channelQueueMessages(int value) {
        return put(CHANNEL_QUEUE_MESSAGES, value);
    }

    /**
     * Bytes of messages that may wait for one node; 1 MiB by default. A larger message waits alone.
     *
     * @return this builder
     */
    public B channelQueueBytes(long value) {
        return put(CHANNEL_QUEUE_BYTES, value);
    }

    /**
     * The first window of channel 0: bytes that a node may send ahead of the application; 64 KiB by
     * default.
     *
     * @return this builder
     */
    public B windowBytes(int value) {
        return put(WINDOW_BYTES, value);
    }

    /**
     * The largest window of channel 0; 1 MiB by default, or {@link #windowBytes} if that is more.
     * At least {@link #windowBytes}. The window grows while the application keeps up and the budget
     * allows it.
     *
     * @return this builder
     */
    public B maxWindowBytes(int value) {
        return put(MAX_WINDOW_BYTES, value);
    }

    /**
     * Channels that each side may have open on a connection, beside channel 0; 100 by default. 0
     * allows none.
     *
     * @return this builder
     */
    public B maxChannels(int value) {
        return put(MAX_CHANNELS, value);
    }

    /**
     * A message is dropped if nothing more of it arrives for this long; 30 s by default. A message
     * that arrives too slowly is dropped too; see {@link #minMessageBytesPerSecond}.
     *
     * @return this builder
     */
    public B fragmentTimeout(Duration value) {
        return put(FRAGMENT_TIMEOUT, value);
    }

    /**
     * The time for which a message may be slower than {@link #minMessageBytesPerSecond}; 10 s by
     * default.
     *
     * @return this builder
     */
    public B slowMessageGrace(Duration value) {
        return put(SLOW_MESSAGE_GRACE, value);
    }

    /**
     * A message that arrives more slowly is dropped after {@link #slowMessageGrace}; 1 KiB by
     * default. Its channel ends too, unless it is channel 0. The reason: a message's memory is
     * reserved when its first frame arrives, so a slow sender would keep it from others.
     *
     * <p>Each byte extends the message's time by {@code 1 / value} seconds. Bytes ahead of that
     * rate extend it to {@link #fragmentTimeout} or {@link #slowMessageGrace} from now, whichever
     * is longer. Time in which the sender has no credit does not count.
     *
     * @return this builder
     */
    public B minMessageBytesPerSecond(int value) {
        return put(MIN_MESSAGE_BYTES_PER_SECOND, value);
    }

    /**
     * The memory for messages of all nodes, beyond the first window of each; 256 MiB by default. It
     * holds messages larger than a frame until the application has handled them, grown windows, and
     * the windows of channels. One connection takes at most an eighth, or one message if that is
     * more. The connections of one address take at most three times what they leave free: three
     * quarters if nobody else needs any. Without room a message is refused, and a window does not
     * grow.
     *
     * @return this builder
     */
    public B inboundBudgetBytes(long value) {
        return put(INBOUND_BUDGET_BYTES, value);
    }

    /**
     * Whether heap that is in use after garbage collections counts as overload; not by default. The
     * heap is the whole process's, so set it where the server has the process to itself.
     *
     * @return this builder
     * @see OverloadLevel
     * @since 0.1
     */
    public B overloadByHeap(boolean value) {
        return put(OVERLOAD_BY_HEAP, value);
    }

    /**
     * The winner when a second process registers an id in use; the newest by default.
     *
     * @return this builder
     */
    public B takeoverPolicy(TakeoverPolicy value) {
        return put(TAKEOVER_POLICY, value);
    }

    /**
     * The metadata key by which a node names its group; {@code group} by default. See
     * {@link NodeRegistry#group}.
     *
     * @return this builder
     */
    public B groupKey(String value) {
        return put(GROUP_KEY, value);
    }

    /**
     * Groups that a node may be joined to at a time ({@link NodeGroups#join}); 100 by default.
     *
     * @return this builder
     */
    public B maxGroupsPerNode(int value) {
        return put(MAX_GROUPS_PER_NODE, value);
    }

    /**
     * Groups that may have an {@link SlowMemberPolicy} other than the default; 10,000 by default.
     *
     * @return this builder
     */
    public B maxGroupPolicies(int value) {
        return put(MAX_GROUP_POLICIES, value);
    }

    /**
     * The time for which an OFFLINE node is remembered after its end was reported; ten minutes by
     * default. Queries find it, with the reason, and a late, abandoned attempt of its process does
     * not bring it back. Zero forgets it at once.
     *
     * @return this builder
     */
    public B offlineRetention(Duration value) {
        return put(OFFLINE_RETENTION, value);
    }

    /**
     * The time for which a server goes on accepting and serving once its shutdown has begun; zero
     * by default. It is not ready meanwhile ({@link ServerState#DRAINING}), and whoever spreads new
     * connections over several servers has so long to notice. Without anybody who asks for that it
     * would be lost time. The time of {@link HeartbeatServer#shutdown} begins after it.
     *
     * @return this builder
     */
    public B drainDelay(Duration value) {
        return put(DRAIN_DELAY, value);
    }

    /**
     * Remembered OFFLINE nodes at most; 100,000 by default. Each takes about half a kilobyte. The
     * oldest is forgotten first.
     *
     * @return this builder
     */
    public B offlineMaximum(int value) {
        return put(OFFLINE_MAXIMUM, value);
    }

    /**
     * The mass guard holds OFFLINE verdicts while more than this share of the nodes, and more than
     * {@link #massGuardMinimum} nodes, are SUSPECT; 0.1 by default. This side is then the likelier
     * fault. The hold ends when the nodes are back. The verdicts on the others are released one
     * after the other; hold and release together take {@link #massGuardMaxHold} at most.
     * {@link NodeListener#onMassGuard} reports the guard to the application.
     *
     * <p>A SUSPECT node counts here if its stay has lasted two timeouts. All nodes of a younger
     * gateway connection count once.
     *
     * @return this builder
     */
    public B massGuardShare(double value) {
        return put(MASS_GUARD_SHARE, value);
    }

    /**
     * The mass guard holds OFFLINE verdicts only while more than this many nodes are SUSPECT; 100
     * by default. See {@link #massGuardShare}.
     *
     * @return this builder
     */
    public B massGuardMinimum(int value) {
        return put(MASS_GUARD_MINIMUM, value);
    }

    /**
     * The longest hold of a verdict, release included, however often the mass guard engages
     * meanwhile; one minute by default. Zero switches the guard off. See {@link #massGuardShare}.
     *
     * @return this builder
     */
    public B massGuardMaxHold(Duration value) {
        return put(MASS_GUARD_MAX_HOLD, value);
    }

    /**
     * Held verdicts released per second; 1,000 by default. The mass guard releases more if
     * {@link #massGuardMaxHold} requires it.
     *
     * @return this builder
     */
    public B massGuardReleaseRate(int value) {
        return put(MASS_GUARD_RELEASE_RATE, value);
    }

    /**
     * Makes the application's callbacks on threads of its own, such as virtual threads, in place of
     * the transport's worker threads. Their order stays: for one node or channel, one at a time.
     * Listeners of INLINE channels stay on the event loop.
     *
     * <p>Event loops call the executor, so {@code execute} must not block. The transport's worker
     * threads make what it refuses by throwing, and what it would run on the thread that brings it;
     * both are counted ({@link CallbackStats#redirected}) and logged. Nothing can notice a call
     * that it drops in silence: the node or channel then hears nothing more.
     *
     * <p>Callbacks that wait for the bus need one thread more than wait at a time. The last thread
     * of a {@link java.util.concurrent.ThreadPoolExecutor} is refused; other executors do not say
     * how many they have, and such waits then end by their timeouts. The bus never shuts the
     * executor down; do so after the server is closed.
     *
     * @return this builder
     */
    public B callbackExecutor(Executor value) {
        return put(CALLBACK_EXECUTOR, value);
    }
}
