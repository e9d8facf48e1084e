package dev.heartbeat;

import dev.heartbeat.option.Option;
import dev.heartbeat.option.OptionList;
import dev.heartbeat.option.OptionSetters;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Sets the options of a server: what {@link ServerOptions.Builder} and
 * {@link HeartbeatServer.Builder} have in common. The ranges are in docs/OPTIONS.md, and each
 * refusal names its own.
 *
 * @param <B> the builder itself
 */
public abstract class ServerSetters<B extends ServerSetters<B>> extends OptionSetters<ServerOptions, B> {
    private static final int MIB = 1024 * 1024;
    private static final Predicate<String> GROUP_KEYS =
            Pattern.compile("[A-Za-z0-9._:-]{1,64}").asMatchPredicate();

    static final OptionList<ServerOptions> OPTIONS = new OptionList<>(ServerOptions.class);

    static final Option<ServerOptions, String> HOST = OPTIONS.string(
                    "host", ServerOptions::host, Hosts::isHost, Hosts.ALLOWED)
            .byDefault("0.0.0.0")
            .text("The address to listen on; 0.0.0.0 is all of them.");
    static final Option<ServerOptions, Integer> PORT = OPTIONS.integer("port", ServerOptions::port, 0, 65_535)
            .byDefault(9501)
            .text("The port to listen on; 0 takes a free one.");
    static final Option<ServerOptions, Duration> HEARTBEAT_INTERVAL = OPTIONS.time(
                    "heartbeatInterval", ServerOptions::heartbeatInterval, Duration.ofMillis(10), Duration.ofDays(1))
            .byDefault(Duration.ofSeconds(10))
            .text("Nodes are told to beat this often.");
    static final Option<ServerOptions, Duration> SUSPECT_AFTER = OPTIONS.time(
                    "suspectAfter", ServerOptions::suspectAfter, Duration.ZERO, Duration.ofDays(7))
            .otherwise("5/6 of heartbeatTimeout")
            .text("A node is SUSPECT after this much silence, which is two intervals at least.");
    static final Option<ServerOptions, Duration> HEARTBEAT_TIMEOUT = OPTIONS.time(
                    "heartbeatTimeout", ServerOptions::heartbeatTimeout, Duration.ZERO, Duration.ofDays(7))
            .byDefault(Duration.ofSeconds(30))
            .text("A node is OFFLINE after this much silence, which is more than suspectAfter.");
    static final Option<ServerOptions, Duration> GRACE = OPTIONS.time(
                    "grace", ServerOptions::grace, Duration.ZERO, Duration.ofDays(7))
            .otherwise("as heartbeatTimeout")
            .text("A node may take this long to come back after its connection was lost.");
    static final Option<ServerOptions, Integer> ACK_EVERY = OPTIONS.integer(
                    "ackEvery", ServerOptions::ackEvery, 1, 1000)
            .byDefault(1)
            .text("Each so many-th heartbeat is answered.");
    static final Option<ServerOptions, Duration> HANDSHAKE_TIMEOUT = OPTIONS.time(
                    "handshakeTimeout", ServerOptions::handshakeTimeout, Duration.ofMillis(10), Duration.ofMinutes(10))
            .byDefault(Duration.ofSeconds(5))
            .text("A connection may take this long to register.");
    static final Option<ServerOptions, Duration> WRITE_STALL_TIMEOUT = OPTIONS.time(
                    "writeStallTimeout", ServerOptions::writeStallTimeout, Duration.ofMillis(100), Duration.ofHours(1))
            .byDefault(Duration.ofSeconds(10))
            .text("A peer that takes no bytes for this long is disconnected.");
    static final Option<ServerOptions, Integer> MAX_CONNECTIONS = OPTIONS.integer(
                    "maxConnections", ServerOptions::maxConnections, 1, 100_000_000)
            .byDefault(1_000_000)
            .text("Connections that are kept at a time. One more is closed at once.");
    static final Option<ServerOptions, Integer> MAX_NODES_PER_CONNECTION = OPTIONS.integer(
                    "maxNodesPerConnection", ServerOptions::maxNodesPerConnection, 0, 1_000_000)
            .byDefault(1000)
            .text("Nodes that a gateway may register over its connection, beside its own; 0 allows no gateways.");
    static final Option<ServerOptions, Integer> MAX_NODES = OPTIONS.integer(
                    "maxNodes", ServerOptions::maxNodes, 1, 100_000_000)
            .byDefault(10_000_000)
            .text("Nodes that may be known at a time, those in grace, those of gateways and those kept OFFLINE"
                    + " included. One more is refused.");
    static final Option<ServerOptions, Long> REGISTRATION_BUDGET_BYTES = OPTIONS.longBytes(
                    "registrationBudgetBytes", ServerOptions::registrationBudgetBytes, 1 << 16, 1L << 50)
            .otherwise("a quarter of the largest heap")
            .text("All registrations together may hold this much of the heap.");
    static final Option<ServerOptions, Integer> MAX_MESSAGE_BYTES = OPTIONS.bytes(
                    "maxMessageBytes", ServerOptions::maxMessageBytes, 0, 1 << 30)
            .byDefault(10 * MIB)
            .text("The longest message in either direction.");
    static final Option<ServerOptions, Integer> CHANNEL_QUEUE_MESSAGES = OPTIONS.integer(
                    "channelQueueMessages", ServerOptions::channelQueueMessages, 1, 1_000_000)
            .byDefault(1000)
            .text("Messages that may wait for one node.");
    static final Option<ServerOptions, Long> CHANNEL_QUEUE_BYTES = OPTIONS.longBytes(
                    "channelQueueBytes", ServerOptions::channelQueueBytes, 1 << 10, 1L << 40)
            .byDefault((long) MIB)
            .text("Bytes of messages that may wait for one node. A message that is larger waits alone.");
    static final Option<ServerOptions, Integer> WINDOW_BYTES = OPTIONS.bytes(
                    "windowBytes", ServerOptions::windowBytes, Windows.MIN_BYTES, Windows.MAX_BYTES)
            .byDefault(64 * 1024)
            .text("A node may send this much ahead of the application on channel 0 at first.");
    static final Option<ServerOptions, Integer> MAX_WINDOW_BYTES = OPTIONS.bytes(
                    "maxWindowBytes", ServerOptions::maxWindowBytes, Windows.MIN_BYTES, Windows.MAX_BYTES)
            .byDefault(MIB, Windows.DEFAULT_MAX_TEXT)
            .text("That window grows to this, while the application keeps up and the budget allows it. It is"
                    + " windowBytes at least.");
    static final Option<ServerOptions, Integer> MAX_CHANNELS = OPTIONS.integer(
                    "maxChannels", ServerOptions::maxChannels, 0, 65_535)
            .byDefault(100)
            .text("Channels that each side may have open on a connection, beside channel 0; 0 allows none.");
    static final Option<ServerOptions, Duration> FRAGMENT_TIMEOUT = OPTIONS.time(
                    "fragmentTimeout", ServerOptions::fragmentTimeout, Duration.ofMillis(100), Duration.ofHours(1))
            .byDefault(Duration.ofSeconds(30))
            .text("A message of which nothing more arrives for this long is dropped.");
    static final Option<ServerOptions, Duration> SLOW_MESSAGE_GRACE = OPTIONS.time(
                    "slowMessageGrace", ServerOptions::slowMessageGrace, Duration.ofMillis(100), Duration.ofHours(1))
            .byDefault(Duration.ofSeconds(10))
            .text("A message may arrive more slowly than minMessageBytesPerSecond for this long.");
    static final Option<ServerOptions, Integer> MIN_MESSAGE_BYTES_PER_SECOND = OPTIONS.bytes(
                    "minMessageBytesPerSecond", ServerOptions::minMessageBytesPerSecond, 1, 1 << 30)
            .byDefault(1024)
            .text("A message that arrives more slowly than this is dropped once slowMessageGrace has passed.");
    static final Option<ServerOptions, Long> INBOUND_BUDGET_BYTES = OPTIONS.longBytes(
                    "inboundBudgetBytes", ServerOptions::inboundBudgetBytes, 0, 1L << 50)
            .byDefault(256L * MIB)
            .text("Large messages, grown windows and the windows of channels of all nodes may take this much"
                    + " together.");
    static final Option<ServerOptions, TakeoverPolicy> TAKEOVER_POLICY = OPTIONS.choice(
                    "takeoverPolicy", TakeoverPolicy.class, ServerOptions::takeoverPolicy)
            .byDefault(TakeoverPolicy.NEWEST_WINS)
            .text("The winner where a second process registers an id that is in use.");
    static final Option<ServerOptions, String> GROUP_KEY = OPTIONS.string(
                    "groupKey", ServerOptions::groupKey, GROUP_KEYS, "1 to 64 characters of A-Z a-z 0-9 . _ : -")
            .byDefault("group")
            .text("Nodes name their group under this key of their metadata.");
    static final Option<ServerOptions, Integer> MAX_GROUPS_PER_NODE = OPTIONS.integer(
                    "maxGroupsPerNode", ServerOptions::maxGroupsPerNode, 0, 100_000)
            .byDefault(100)
            .text("Groups that a node may be joined to at a time.");
    static final Option<ServerOptions, Integer> MAX_GROUP_POLICIES = OPTIONS.integer(
                    "maxGroupPolicies", ServerOptions::maxGroupPolicies, 0, 10_000_000)
            .byDefault(10_000)
            .text("Groups that may have a policy of their own for slow members.");
    static final Option<ServerOptions, Duration> OFFLINE_RETENTION = OPTIONS.time(
                    "offlineRetention", ServerOptions::offlineRetention, Duration.ZERO, Duration.ofDays(7))
            .byDefault(Duration.ofMinutes(10))
            .text("A node that is OFFLINE stays known for this long; 0 forgets it at once.");
    static final Option<ServerOptions, Integer> OFFLINE_MAXIMUM = OPTIONS.integer(
                    "offlineMaximum", ServerOptions::offlineMaximum, 0, 100_000_000)
            .byDefault(100_000)
            .text("OFFLINE nodes that stay known at a time. Those that ended first are forgotten first.");
    static final Option<ServerOptions, Double> MASS_GUARD_SHARE = OPTIONS.fraction(
                    "massGuardShare", ServerOptions::massGuardShare, Double.MIN_VALUE, 1)
            .byDefault(0.1)
            .text("Verdicts of silence are held while more than this share of the nodes, and massGuardMinimum"
                    + " of them, are SUSPECT.");
    static final Option<ServerOptions, Integer> MASS_GUARD_MINIMUM = OPTIONS.integer(
                    "massGuardMinimum", ServerOptions::massGuardMinimum, 0, Integer.MAX_VALUE)
            .byDefault(100)
            .text("Verdicts of silence are held only while more than this many nodes are SUSPECT.");
    static final Option<ServerOptions, Duration> MASS_GUARD_MAX_HOLD = OPTIONS.time(
                    "massGuardMaxHold", ServerOptions::massGuardMaxHold, Duration.ZERO, Duration.ofDays(1))
            .byDefault(Duration.ofMinutes(1))
            .text("No verdict is held for longer than this, its release included; 0 switches the mass guard" + " off.");
    static final Option<ServerOptions, Integer> MASS_GUARD_RELEASE_RATE = OPTIONS.integer(
                    "massGuardReleaseRate", ServerOptions::massGuardReleaseRate, 1, 1_000_000_000)
            .byDefault(1000)
            .text("Verdicts that were held pass at this many a second, or faster where the hold would be over"
                    + " before.");

    ServerSetters() {}

    final ServerOptions built() {
        return new ServerOptions(given());
    }

    final B as(ServerOptions options) {
        return replace(options.given());
    }

    /**
     * The address to listen on; {@code 0.0.0.0}, all of them, by default. A name is looked up
     * within {@link #handshakeTimeout}, and its first address taken.
     */
    public B host(String value) {
        return put(HOST, value);
    }

    /** The port to listen on; 9501 by default. 0 takes a free one. */
    public B port(int value) {
        return put(PORT, value);
    }

    /** The interval that nodes must beat at; 10 s by default. */
    public B heartbeatInterval(Duration value) {
        return put(HEARTBEAT_INTERVAL, value);
    }

    /**
     * A node is SUSPECT after this much silence; five sixths of {@link #heartbeatTimeout} by
     * default, which is 25 s. At least two {@linkplain #heartbeatInterval intervals}.
     */
    public B suspectAfter(Duration value) {
        return put(SUSPECT_AFTER, value);
    }

    /**
     * A node is OFFLINE after this much silence; 30 s by default. Longer than
     * {@link #suspectAfter}.
     */
    public B heartbeatTimeout(Duration value) {
        return put(HEARTBEAT_TIMEOUT, value);
    }

    /**
     * A node may take this long to come back after its connection was lost; as long as
     * {@link #heartbeatTimeout} by default.
     */
    public B grace(Duration value) {
        return put(GRACE, value);
    }

    /**
     * Each so many-th heartbeat is answered; 1 by default. Fewer answers save a third of a
     * heartbeat's cost.
     */
    public B ackEvery(int value) {
        return put(ACK_EVERY, value);
    }

    /** A connection may take this long to register; 5 s by default. */
    public B handshakeTimeout(Duration value) {
        return put(HANDSHAKE_TIMEOUT, value);
    }

    /** A peer that takes no bytes for this long is disconnected; 10 s by default. */
    public B writeStallTimeout(Duration value) {
        return put(WRITE_STALL_TIMEOUT, value);
    }

    /** Connections that are kept at a time; a million by default. One more is closed at once. */
    public B maxConnections(int value) {
        return put(MAX_CONNECTIONS, value);
    }

    /**
     * Nodes that a gateway may register over its one connection, beside its own; 1,000 by default.
     * 0 allows no gateways.
     */
    public B maxNodesPerConnection(int value) {
        return put(MAX_NODES_PER_CONNECTION, value);
    }

    /**
     * Nodes that may be known at a time; ten million by default. Nodes that are in their grace,
     * that a gateway speaks for, or that are OFFLINE and kept count too. One more is refused, and
     * may try again one heartbeat interval later; nodes that are known may always come back.
     */
    public B maxNodes(int value) {
        return put(MAX_NODES, value);
    }

    /**
     * The registrations of all nodes may hold this much of the heap together, their ids and
     * metadata included; a quarter of the JVM's maximum heap by default. A node takes about 300
     * bytes, and what its metadata take. A node that finds no room is refused, and may try again
     * one heartbeat interval later; metadata that find none are refused, and those before stand.
     */
    public B registrationBudgetBytes(long value) {
        return put(REGISTRATION_BUDGET_BYTES, value);
    }

    /** The longest message in either direction; 10 MiB by default. */
    public B maxMessageBytes(int value) {
        return put(MAX_MESSAGE_BYTES, value);
    }

    /** Messages that may wait for one node; 1,000 by default. */
    public B channelQueueMessages(int value) {
        return put(CHANNEL_QUEUE_MESSAGES, value);
    }

    /**
     * Bytes of messages that may wait for one node; 1 MiB by default. A message that is larger
     * waits alone.
     */
    public B channelQueueBytes(long value) {
        return put(CHANNEL_QUEUE_BYTES, value);
    }

    /**
     * A node may send this much ahead of the application on channel 0 at first; 64 KiB by default.
     */
    public B windowBytes(int value) {
        return put(WINDOW_BYTES, value);
    }

    /**
     * That window grows to this, while the application keeps up and the budget allows it; 1 MiB by
     * default, or {@link #windowBytes} where that is more. At least as much as that.
     */
    public B maxWindowBytes(int value) {
        return put(MAX_WINDOW_BYTES, value);
    }

    /**
     * Channels that each side may have open on a connection, beside channel 0; 100 by default. 0
     * allows none.
     */
    public B maxChannels(int value) {
        return put(MAX_CHANNELS, value);
    }

    /**
     * A message of which nothing more arrives for this long is dropped; 30 s by default. So is one
     * that arrives too slowly; see {@link #minMessageBytesPerSecond}.
     */
    public B fragmentTimeout(Duration value) {
        return put(FRAGMENT_TIMEOUT, value);
    }

    /**
     * A message may arrive more slowly than {@link #minMessageBytesPerSecond} for this long; 10 s
     * by default.
     */
    public B slowMessageGrace(Duration value) {
        return put(SLOW_MESSAGE_GRACE, value);
    }

    /**
     * A message that arrives more slowly than this is dropped once {@link #slowMessageGrace} has
     * passed, and with it the channel, unless that is channel 0; 1 KiB by default. The memory of a
     * message is reserved when its first frame arrives, so a sender that is too slow would hold it
     * from others. Each byte extends the time of its message by {@code 1 / value} seconds. Bytes in
     * advance extend it to {@link #fragmentTimeout} or {@link #slowMessageGrace} from now,
     * whichever is longer. Time without credit for the sender does not count.
     */
    public B minMessageBytesPerSecond(int value) {
        return put(MIN_MESSAGE_BYTES_PER_SECOND, value);
    }

    /**
     * The memory for messages of all nodes may take this much beyond the first window of each; 256
     * MiB by default. It is for messages that are larger than a frame, until the application has
     * handled them, the growth of windows, and the windows of channels. One connection takes an
     * eighth of it at most, or one message where that is more. A message without room is refused,
     * and a window without room does not grow.
     */
    public B inboundBudgetBytes(long value) {
        return put(INBOUND_BUDGET_BYTES, value);
    }

    /** The winner where another process registers an id that is in use; the newest by default. */
    public B takeoverPolicy(TakeoverPolicy value) {
        return put(TAKEOVER_POLICY, value);
    }

    /**
     * Nodes name the group they are in under this key of their metadata; {@code group} by default.
     * See {@link NodeRegistry#group}.
     */
    public B groupKey(String value) {
        return put(GROUP_KEY, value);
    }

    /** Groups that a node may be joined to at a time ({@link NodeGroups#join}); 100 by default. */
    public B maxGroupsPerNode(int value) {
        return put(MAX_GROUPS_PER_NODE, value);
    }

    /**
     * Groups that may have an {@link SlowMemberPolicy} other than the default; 10,000 by default.
     */
    public B maxGroupPolicies(int value) {
        return put(MAX_GROUP_POLICIES, value);
    }

    /**
     * A node that is OFFLINE stays known for this long after its end was reported; ten minutes by
     * default. It is found, with the reason, and an abandoned attempt of its process that is read
     * late does not bring it back. With zero it is forgotten at once.
     */
    public B offlineRetention(Duration value) {
        return put(OFFLINE_RETENTION, value);
    }

    /**
     * OFFLINE nodes that stay known at a time; 100,000 by default. Each takes about half a
     * kilobyte. Those that ended first are forgotten first.
     */
    public B offlineMaximum(int value) {
        return put(OFFLINE_MAXIMUM, value);
    }

    /**
     * The mass guard holds verdicts of silence while more than this share of the nodes, and more
     * than {@link #massGuardMinimum}, are SUSPECT; 0.1 by default. This side is likelier at fault
     * then. The hold ends when the nodes have come back. Those that have not are released one after
     * the other, so that hold and release together take {@link #massGuardMaxHold} at most.
     * {@link NodeListener#onMassGuard} reports it to the application.
     *
     * <p>Nodes count as SUSPECT here once they have stayed for two timeouts; of a connection that
     * speaks for several and is younger, all count once.
     */
    public B massGuardShare(double value) {
        return put(MASS_GUARD_SHARE, value);
    }

    /**
     * The mass guard holds verdicts of silence only while more than this many nodes are SUSPECT;
     * 100 by default. See {@link #massGuardShare}.
     */
    public B massGuardMinimum(int value) {
        return put(MASS_GUARD_MINIMUM, value);
    }

    /**
     * The mass guard holds no verdict for longer than this, its release included, however often it
     * engages meanwhile; one minute by default. Zero switches it off. See {@link #massGuardShare}.
     */
    public B massGuardMaxHold(Duration value) {
        return put(MASS_GUARD_MAX_HOLD, value);
    }

    /**
     * Verdicts that the mass guard held pass at this many a second when they are released; 1,000 by
     * default. More do where they could not be over in time otherwise.
     */
    public B massGuardReleaseRate(int value) {
        return put(MASS_GUARD_RELEASE_RATE, value);
    }
}
