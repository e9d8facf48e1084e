package dev.heartbeat;

import dev.heartbeat.option.Option;
import dev.heartbeat.option.OptionList;
import dev.heartbeat.option.OptionSetters;
import dev.heartbeat.spi.TransportOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * Sets the options of a client: what {@link ClientOptions.Builder} and
 * {@link HeartbeatClient.Builder} have in common. The ranges are in docs/OPTIONS.md, and each
 * refusal names its own.
 *
 * @param <B> the builder itself
 * @since 0.1
 */
public abstract class ClientSetters<B extends ClientSetters<B>> extends OptionSetters<ClientOptions, B> {
    private static final int MIB = 1024 * 1024;

    static final OptionList<ClientOptions> OPTIONS = new OptionList<>(ClientOptions.class);

    static final Option<ClientOptions, String> HOST = OPTIONS.string(
                    "host", ClientOptions::host, Hosts::isHost, Hosts.ALLOWED)
            .byDefault("127.0.0.1")
            .text("Host of the server.");
    static final Option<ClientOptions, Integer> PORT = OPTIONS.integer("port", ClientOptions::port, 1, 65_535)
            .byDefault(9501)
            .text("Port of the server.");
    static final Option<ClientOptions, String> NODE_ID = OPTIONS.string(
                    "nodeId", ClientOptions::nodeId, any -> true, "1 to 128 characters of A-Z a-z 0-9 . _ : -")
            .byDefault("", "none; required")
            .text("Id of the node, unique on the bus.");
    static final Option<ClientOptions, Map<String, String>> METADATA = OPTIONS.entries(
                    "metadata", ClientOptions::metadata, "32 entries and 4 KiB at most")
            .byDefault(Map.of(), "none")
            .text("Entries that describe the node.");
    static final Option<ClientOptions, Duration> HEARTBEAT_INTERVAL = OPTIONS.time(
                    "heartbeatInterval", ClientOptions::heartbeatInterval, Duration.ofMillis(10), Duration.ofDays(1))
            .otherwise("the server's")
            .text("Heartbeat interval to ask for. The server decides.");
    static final Option<ClientOptions, Duration> HANDSHAKE_TIMEOUT = OPTIONS.time(
                    "handshakeTimeout", ClientOptions::handshakeTimeout, Duration.ofMillis(10), Duration.ofMinutes(10))
            .byDefault(Duration.ofSeconds(5))
            .text("Time for the look-up of the server's name, and again for the answer to a registration.");
    static final Option<ClientOptions, Boolean> AUTO_RECONNECT = OPTIONS.flag(
                    "autoReconnect", ClientOptions::autoReconnect)
            .byDefault(true)
            .text("The client reconnects after it lost the connection or the server.");
    static final Option<ClientOptions, Duration> RECONNECT_BASE = OPTIONS.time(
                    "reconnectBase", ClientOptions::reconnectBase, Duration.ofMillis(1), Duration.ofHours(1))
            .byDefault(Duration.ofMillis(500))
            .text("Longest wait before the first reconnect. It doubles with each failure.");
    static final Option<ClientOptions, Duration> RECONNECT_CAP = OPTIONS.time(
                    "reconnectCap", ClientOptions::reconnectCap, Duration.ofMillis(1), Duration.ofDays(1))
            .byDefault(Duration.ofSeconds(60), "60 s, or reconnectBase if that is more")
            .text("Longest wait before any reconnect; at least reconnectBase.");
    static final Option<ClientOptions, Duration> RECONNECT_RESET_AFTER = OPTIONS.time(
                    "reconnectResetAfter", ClientOptions::reconnectResetAfter, Duration.ZERO, Duration.ofDays(1))
            .byDefault(Duration.ofSeconds(60))
            .text("After a registration this long, waits begin at reconnectBase again.");
    static final Option<ClientOptions, Duration> WRITE_STALL_TIMEOUT = OPTIONS.time(
                    "writeStallTimeout", ClientOptions::writeStallTimeout, Duration.ofMillis(100), Duration.ofHours(1))
            .byDefault(Duration.ofSeconds(10))
            .text("A server that takes no bytes for this long is given up.");
    static final Option<ClientOptions, Duration> DRAIN_TIMEOUT = OPTIONS.time(
                    "drainTimeout", ClientOptions::drainTimeout, Duration.ZERO, Duration.ofDays(1))
            .byDefault(Duration.ofSeconds(10))
            .text("Time a closing client has to send accepted messages.");
    static final Option<ClientOptions, Integer> MAX_MESSAGE_BYTES = OPTIONS.bytes(
                    "maxMessageBytes", ClientOptions::maxMessageBytes, 0, 1 << 30)
            .byDefault(10 * MIB)
            .text("Longest message in either direction. The server may allow less.");
    static final Option<ClientOptions, Integer> MAX_CHANNELS = OPTIONS.integer(
                    "maxChannels", ClientOptions::maxChannels, 0, 65_535)
            .byDefault(65_535)
            .text("Channels that the server may have open on the connection, beside channel 0; 0 allows none.");
    static final Option<ClientOptions, Integer> QUEUE_MESSAGES = OPTIONS.integer(
                    "queueMessages", ClientOptions::queueMessages, 1, 1_000_000)
            .byDefault(1000)
            .text("Messages that may wait to be sent.");
    static final Option<ClientOptions, Long> QUEUE_BYTES = OPTIONS.longBytes(
                    "queueBytes", ClientOptions::queueBytes, 1 << 10, 1L << 40)
            .byDefault((long) MIB)
            .text("Bytes of messages that may wait to be sent. A larger message waits alone.");
    static final Option<ClientOptions, Integer> WINDOW_BYTES = OPTIONS.bytes(
                    "windowBytes", ClientOptions::windowBytes, Windows.MIN_BYTES, Windows.MAX_BYTES)
            .byDefault(64 * 1024)
            .text("First window of channel 0: bytes that the server may send ahead of the application.");
    static final Option<ClientOptions, Integer> MAX_WINDOW_BYTES = OPTIONS.bytes(
                    "maxWindowBytes", ClientOptions::maxWindowBytes, Windows.MIN_BYTES, Windows.MAX_BYTES)
            .byDefault(MIB, Windows.DEFAULT_MAX_TEXT)
            .text("Largest window of channel 0; at least windowBytes. It grows while the application keeps up"
                    + " and the budget allows it.");
    static final Option<ClientOptions, Duration> FRAGMENT_TIMEOUT = OPTIONS.time(
                    "fragmentTimeout", ClientOptions::fragmentTimeout, Duration.ofMillis(100), Duration.ofHours(1))
            .byDefault(Duration.ofSeconds(30))
            .text("A message is dropped if nothing more of it arrives for this long.");
    static final Option<ClientOptions, Duration> SLOW_MESSAGE_GRACE = OPTIONS.time(
                    "slowMessageGrace", ClientOptions::slowMessageGrace, Duration.ofMillis(100), Duration.ofHours(1))
            .byDefault(Duration.ofSeconds(10))
            .text("Time for which a message may be slower than minMessageBytesPerSecond.");
    static final Option<ClientOptions, Integer> MIN_MESSAGE_BYTES_PER_SECOND = OPTIONS.bytes(
                    "minMessageBytesPerSecond", ClientOptions::minMessageBytesPerSecond, 1, 1 << 30)
            .byDefault(1024)
            .text("A message that arrives more slowly is dropped after slowMessageGrace.");
    static final Option<ClientOptions, Long> INBOUND_BUDGET_BYTES = OPTIONS.longBytes(
                    "inboundBudgetBytes", ClientOptions::inboundBudgetBytes, 0, 1L << 50)
            .byDefault(64L * MIB)
            .text("Memory for large messages, grown windows and windows of channels.");
    static final Option<ClientOptions, Boolean> PLAINTEXT_CREDENTIALS = OPTIONS.flag(
                    "plaintextCredentials", ClientOptions::plaintextCredentials)
            .byDefault(false)
            .text("Credentials may go to other machines without TLS, where everybody on the way can read them.");
    static final Option<ClientOptions, Executor> CALLBACK_EXECUTOR = OPTIONS.object(
                    "callbackExecutor", Executor.class, ClientOptions::callbackExecutor)
            .otherwise("the transport's worker threads")
            .text("Executor of the application that runs its callbacks.");

    ClientSetters() {}

    final ClientOptions built() {
        return new ClientOptions(given());
    }

    final B as(ClientOptions options) {
        return replace(options.given());
    }

    /**
     * The server's host; 127.0.0.1 by default. Each attempt looks the name up, within
     * {@link #handshakeTimeout}, and tries its addresses in order, each for the transport's
     * {@link TransportOptions#connectTimeout}. The {@link dev.heartbeat.spi.Resolver} decides
     * whether a look-up finds a server that has moved; it describes the JVM's behaviour.
     *
     * @return this builder
     */
    public B host(String value) {
        return put(HOST, value);
    }

    /**
     * The server's port; 9501 by default.
     *
     * @return this builder
     */
    public B port(int value) {
        return put(PORT, value);
    }

    /**
     * The server's {@linkplain #host host} and {@linkplain #port port}.
     *
     * @return this builder
     */
    public B server(String serverHost, int serverPort) {
        return host(Objects.requireNonNull(serverHost, "serverHost")).port(serverPort);
    }

    /**
     * The node's id, unique on the bus: 1 to 128 characters of A-Z a-z 0-9 . _ : -. A client needs
     * one; {@link HeartbeatClient.Builder#connect} checks it.
     *
     * @return this builder
     */
    public B nodeId(String value) {
        return put(NODE_ID, value);
    }

    /**
     * The node's metadata: at most 32 entries and 4 KiB; none by default.
     * {@link HeartbeatClient.Builder#connect} checks it.
     *
     * @return this builder
     */
    public B metadata(Map<String, String> value) {
        Objects.requireNonNull(value, "metadata").forEach(ClientSetters::requireEntry);
        return put(METADATA, value);
    }

    /**
     * Adds an entry to the {@linkplain #metadata(Map) metadata}.
     *
     * @return this builder
     */
    public B metadata(String key, String value) {
        requireEntry(key, value);
        Map<String, String> entries = new LinkedHashMap<>(given().value(METADATA));
        entries.put(key, value);
        return put(METADATA, entries);
    }

    private static void requireEntry(String key, String value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
    }

    /**
     * The heartbeat interval to ask for; none by default. The server decides.
     *
     * @return this builder
     */
    public B heartbeatInterval(Duration value) {
        return put(HEARTBEAT_INTERVAL, value);
    }

    /**
     * The time for the look-up of the server's name, and again for the answer to a registration; 5
     * s by default.
     *
     * @return this builder
     */
    public B handshakeTimeout(Duration value) {
        return put(HANDSHAKE_TIMEOUT, value);
    }

    /**
     * The client reconnects after it lost the connection or the server; true by default.
     *
     * @return this builder
     */
    public B autoReconnect(boolean value) {
        return put(AUTO_RECONNECT, value);
    }

    /**
     * The longest wait before the first reconnect; 0.5 s by default. Each wait is random up to a
     * bound. The bound doubles with each failure, up to {@link #reconnectCap}.
     *
     * @return this builder
     */
    public B reconnectBase(Duration value) {
        return put(RECONNECT_BASE, value);
    }

    /**
     * The longest wait before any reconnect; 60 s by default, or {@link #reconnectBase} if that is
     * more. At least {@link #reconnectBase}.
     *
     * @return this builder
     */
    public B reconnectCap(Duration value) {
        return put(RECONNECT_CAP, value);
    }

    /**
     * After a registration this long, waits begin at {@link #reconnectBase} again; 60 s by default.
     *
     * @return this builder
     */
    public B reconnectResetAfter(Duration value) {
        return put(RECONNECT_RESET_AFTER, value);
    }

    /**
     * A server that takes no bytes for this long is given up; 10 s by default.
     *
     * @return this builder
     */
    public B writeStallTimeout(Duration value) {
        return put(WRITE_STALL_TIMEOUT, value);
    }

    /**
     * The time a closing client has to send accepted messages; 10 s by default. Messages left then
     * come back.
     *
     * <p>After a server asked the client to go, it is the longest time without any message sent or
     * handled. A client whose application makes progress stays until everything is handled, or the
     * server ends the connection.
     *
     * @return this builder
     */
    public B drainTimeout(Duration value) {
        return put(DRAIN_TIMEOUT, value);
    }

    /**
     * The longest message in either direction; 10 MiB by default. The server may allow less.
     *
     * @return this builder
     */
    public B maxMessageBytes(int value) {
        return put(MAX_MESSAGE_BYTES, value);
    }

    /**
     * Channels that the server may have open on the connection, beside channel 0; 65,535 by
     * default, which leaves the limit to the server. 0 allows none. The registration carries the
     * limit, so one channel too many fails on the server. The server limits the client's own
     * channels.
     *
     * @return this builder
     */
    public B maxChannels(int value) {
        return put(MAX_CHANNELS, value);
    }

    /**
     * Messages that may wait to be sent; 1,000 by default.
     *
     * @return this builder
     */
    public B queueMessages(int value) {
        return put(QUEUE_MESSAGES, value);
    }

    /**
     * Bytes of messages that may wait to be sent; 1 MiB by default. A larger message waits alone.
     *
     * @return this builder
     */
    public B queueBytes(long value) {
        return put(QUEUE_BYTES, value);
    }

    /**
     * The first window of channel 0: bytes that the server may send ahead of the application; 64
     * KiB by default.
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
     * The memory for messages beyond the first window; 64 MiB by default. It holds messages larger
     * than a frame until the application has handled them, grown windows, and the windows of
     * channels. Without room a message is refused, and a window does not grow.
     *
     * @return this builder
     */
    public B inboundBudgetBytes(long value) {
        return put(INBOUND_BUDGET_BYTES, value);
    }

    /**
     * Whether a credential may go to another machine without TLS, where everybody on the way can
     * read it; false by default: then such a connection is closed before anything is sent, and
     * counts as a failed attempt.
     *
     * @return this builder
     * @since 0.1
     */
    public B plaintextCredentials(boolean value) {
        return put(PLAINTEXT_CREDENTIALS, value);
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
     * executor down; do so after the client is closed.
     *
     * @return this builder
     */
    public B callbackExecutor(Executor value) {
        return put(CALLBACK_EXECUTOR, value);
    }
}
