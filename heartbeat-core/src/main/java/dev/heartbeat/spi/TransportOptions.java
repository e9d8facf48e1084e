package dev.heartbeat.spi;

import dev.heartbeat.option.Given;
import dev.heartbeat.option.Option;
import dev.heartbeat.option.OptionList;
import dev.heartbeat.option.OptionSetters;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options that every transport takes. Values are within range when a transport sees them.
 * Immutable; {@link Builder} says what each means.
 *
 * <p>All real transports honour all of them, but for {@link #userTimeout} and
 * {@link #unsentLowWaterBytes}, which {@code java.nio} has no way to set: Netty's native transports
 * do. A transport logs once each option that it cannot follow, and goes on without it. A simulated
 * one has no sockets to set up.
 *
 * @since 0.1
 */
public final class TransportOptions {
    private static final int KIB = 1024;
    private static final int MIB = KIB * KIB;

    private static final OptionList<TransportOptions> OPTIONS = new OptionList<>(TransportOptions.class);

    private static final Option<TransportOptions, Integer> EVENT_LOOPS = OPTIONS.integer(
                    "eventLoops", TransportOptions::eventLoops, 1, 1024)
            .otherwise("one per core")
            .text("Event-loop threads that carry the connections.");
    private static final Option<TransportOptions, Integer> WORKER_THREADS = OPTIONS.integer(
                    "workerThreads", TransportOptions::workerThreads, 1, 10_000)
            .byDefault(32)
            .text("Threads at most for the application's callbacks. Idle threads end.");
    private static final Option<TransportOptions, Integer> SEND_BUFFER_BYTES = OPTIONS.bytes(
                    "sendBufferBytes", TransportOptions::sendBufferBytes, 4 * KIB, 64 * MIB)
            .byDefault(64 * KIB)
            .text("SO_SNDBUF of each connection. Heartbeats wait behind these bytes.");
    private static final Option<TransportOptions, Integer> RECEIVE_BUFFER_BYTES = OPTIONS.bytesOrSystem(
                    "receiveBufferBytes", TransportOptions::receiveBufferBytes, 4 * KIB, 64 * MIB)
            .byDefault(0, "the system's")
            .text("SO_RCVBUF of each connection.");
    private static final Option<TransportOptions, Integer> BACKLOG = OPTIONS.integer(
                    "backlog", TransportOptions::backlog, 1, 65_535)
            .byDefault(4096)
            .text("Connections that may wait in the kernel to be accepted.");
    private static final Option<TransportOptions, Boolean> REUSE_PORT = OPTIONS.flag(
                    "reusePort", TransportOptions::reusePort)
            .byDefault(false)
            .text("SO_REUSEPORT: several processes may listen on one port.");
    private static final Option<TransportOptions, Integer> HIGH_WATER_BYTES = OPTIONS.bytes(
                    "highWaterBytes", TransportOptions::highWaterBytes, KIB, 64 * MIB)
            .byDefault(64 * KIB)
            .text("A connection is unwritable once this many bytes wait for its socket.");
    private static final Option<TransportOptions, Integer> LOW_WATER_BYTES = OPTIONS.bytes(
                    "lowWaterBytes", TransportOptions::lowWaterBytes, 0, 64 * MIB)
            .byDefault(32 * KIB, "32 KiB, or highWaterBytes if that is less")
            .text("A connection is writable again once no more than this waits; at most highWaterBytes.");
    private static final Option<TransportOptions, Duration> CONNECT_TIMEOUT = OPTIONS.time(
                    "connectTimeout", TransportOptions::connectTimeout, Duration.ofMillis(1), Duration.ofMinutes(10))
            .byDefault(Duration.ofSeconds(5))
            .text("Time to establish an outgoing connection.");
    private static final Option<TransportOptions, Integer> ACCEPTS_PER_SECOND = OPTIONS.integer(
                    "acceptsPerSecond", TransportOptions::acceptsPerSecond, 0, 1_000_000)
            .byDefault(0, "0, no bound")
            .text("Connections accepted per second and listener; 0 means no limit.");
    private static final Option<TransportOptions, Duration> USER_TIMEOUT = OPTIONS.timeOrSystem(
                    "userTimeout", TransportOptions::userTimeout, Duration.ofMillis(1), Duration.ofDays(1))
            .byDefault(Duration.ZERO, "the system's")
            .text("TCP_USER_TIMEOUT: the kernel drops a connection whose sent bytes stay unacknowledged for"
                    + " this long.");
    private static final Option<TransportOptions, Integer> UNSENT_LOW_WATER_BYTES = OPTIONS.bytesOrSystem(
                    "unsentLowWaterBytes", TransportOptions::unsentLowWaterBytes, KIB, 64 * MIB)
            .byDefault(0, "the system's")
            .text("TCP_NOTSENT_LOWAT: the kernel takes no more bytes while it holds this many unsent ones.");
    private static final Option<TransportOptions, Resolver> RESOLVER = OPTIONS.object(
                    "resolver", Resolver.class, TransportOptions::resolver)
            .otherwise("the transport's, which asks the JVM")
            .text("Object of the application that finds the addresses of hosts.");
    private static final Option<TransportOptions, Integer> LOOKUP_THREADS = OPTIONS.integer(
                    "lookupThreads", TransportOptions::lookupThreads, 1, 1_000)
            .byDefault(32)
            .text("Threads at most for look-ups by the transport's own resolver. Idle threads end.");
    private static final Option<TransportOptions, Integer> WAITING_LOOKUPS = OPTIONS.integer(
                    "waitingLookups", TransportOptions::waitingLookups, 0, 1_000_000)
            .byDefault(1_000)
            .text("Names that may wait for a look-up thread.");

    private final Given<TransportOptions> given;
    private final int eventLoops;
    private final int workerThreads;
    private final int sendBufferBytes;
    private final int receiveBufferBytes;
    private final int backlog;
    private final boolean reusePort;
    private final int highWaterBytes;
    private final int lowWaterBytes;
    private final Duration connectTimeout;
    private final int acceptsPerSecond;
    private final Duration userTimeout;
    private final int unsentLowWaterBytes;
    private final @Nullable Resolver resolver;
    private final int lookupThreads;
    private final int waitingLookups;

    private TransportOptions(Given<TransportOptions> given) {
        this.given = given;
        eventLoops = given.value(EVENT_LOOPS, Runtime.getRuntime().availableProcessors());
        workerThreads = given.value(WORKER_THREADS);
        sendBufferBytes = given.value(SEND_BUFFER_BYTES);
        receiveBufferBytes = given.value(RECEIVE_BUFFER_BYTES);
        backlog = given.value(BACKLOG);
        reusePort = given.value(REUSE_PORT);
        highWaterBytes = given.value(HIGH_WATER_BYTES);
        lowWaterBytes = given.atMost(LOW_WATER_BYTES, highWaterBytes);
        connectTimeout = given.value(CONNECT_TIMEOUT);
        acceptsPerSecond = given.value(ACCEPTS_PER_SECOND);
        userTimeout = given.value(USER_TIMEOUT);
        unsentLowWaterBytes = given.value(UNSENT_LOW_WATER_BYTES);
        resolver = given.orNull(RESOLVER);
        lookupThreads = given.value(LOOKUP_THREADS);
        waitingLookups = given.value(WAITING_LOOKUPS);
    }

    /** {@return options with the default of every option} */
    public static TransportOptions defaults() {
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
    public static List<Option<TransportOptions, ?>> descriptions() {
        return OPTIONS.all();
    }

    /** {@return the value of {@link Builder#eventLoops}} */
    public int eventLoops() {
        return eventLoops;
    }

    /** {@return the value of {@link Builder#workerThreads}} */
    public int workerThreads() {
        return workerThreads;
    }

    /** {@return the value of {@link Builder#sendBufferBytes}} */
    public int sendBufferBytes() {
        return sendBufferBytes;
    }

    /** {@return the value of {@link Builder#receiveBufferBytes}} */
    public int receiveBufferBytes() {
        return receiveBufferBytes;
    }

    /** {@return the value of {@link Builder#backlog}} */
    public int backlog() {
        return backlog;
    }

    /** {@return the value of {@link Builder#reusePort}} */
    public boolean reusePort() {
        return reusePort;
    }

    /** {@return the value of {@link Builder#highWaterBytes}} */
    public int highWaterBytes() {
        return highWaterBytes;
    }

    /** {@return the value of {@link Builder#lowWaterBytes}} */
    public int lowWaterBytes() {
        return lowWaterBytes;
    }

    /** {@return the value of {@link Builder#connectTimeout}} */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** {@return the value of {@link Builder#acceptsPerSecond}} */
    public int acceptsPerSecond() {
        return acceptsPerSecond;
    }

    /** {@return the value of {@link Builder#userTimeout}} */
    public Duration userTimeout() {
        return userTimeout;
    }

    /** {@return the value of {@link Builder#unsentLowWaterBytes}} */
    public int unsentLowWaterBytes() {
        return unsentLowWaterBytes;
    }

    /** {@return the value of {@link Builder#resolver}} */
    public @Nullable Resolver resolver() {
        return resolver;
    }

    /** {@return the value of {@link Builder#lookupThreads}} */
    public int lookupThreads() {
        return lookupThreads;
    }

    /** {@return the value of {@link Builder#waitingLookups}} */
    public int waitingLookups() {
        return waitingLookups;
    }

    /** Whether each option has the same value. */
    @Override
    public boolean equals(@Nullable Object other) {
        return OPTIONS.equal(this, other);
    }

    /** A hash of all values. */
    @Override
    public int hashCode() {
        return OPTIONS.hash(this);
    }

    /** All names and values. */
    @Override
    public String toString() {
        return OPTIONS.text(this);
    }

    /**
     * Sets the options of a transport. The ranges are in docs/OPTIONS.md, and each refusal names
     * its own. For one thread at a time.
     */
    public static final class Builder extends OptionSetters<TransportOptions, Builder> {
        private Builder() {}

        private Builder as(TransportOptions options) {
            return replace(options.given);
        }

        /**
         * Event-loop threads that carry the connections; one per core by default.
         *
         * @return this builder
         */
        public Builder eventLoops(int value) {
            return put(EVENT_LOOPS, value);
        }

        /**
         * Threads at most for the application's callbacks; 32 by default. If as many callbacks
         * block, others wait. Idle threads end.
         *
         * @return this builder
         */
        public Builder workerThreads(int value) {
            return put(WORKER_THREADS, value);
        }

        /**
         * SO_SNDBUF of each connection; 64 KiB by default. A heartbeat waits behind these bytes in
         * the kernel: 2 s on a link of 32 kB/s, and twice as long on Linux, which doubles the
         * value. It waits in the bus for at most a quarter of its interval, and 250 ms. A smaller
         * buffer, or {@link #unsentLowWaterBytes} where the transport has it, keeps heartbeats
         * prompt on slow links.
         *
         * <p>A transport on {@code java.nio} sees progress only when about a third of the buffer
         * has left. On a slow link that third must leave within the {@code writeStallTimeout}.
         * Netty's native transports ask for the bytes that the peer has acknowledged.
         *
         * @return this builder
         */
        public Builder sendBufferBytes(int value) {
            return put(SEND_BUFFER_BYTES, value);
        }

        /**
         * SO_RCVBUF of each connection. 0, the default, leaves it to the system, which adapts it.
         *
         * @return this builder
         */
        public Builder receiveBufferBytes(int value) {
            return put(RECEIVE_BUFFER_BYTES, value);
        }

        /**
         * Connections that may wait in the kernel to be accepted; 4,096 by default.
         *
         * @return this builder
         */
        public Builder backlog(int value) {
            return put(BACKLOG, value);
        }

        /**
         * SO_REUSEPORT: several processes may listen on one port; false by default. On a system
         * without it, listening fails.
         *
         * @return this builder
         */
        public Builder reusePort(boolean value) {
            return put(REUSE_PORT, value);
        }

        /**
         * A connection is unwritable once this many written bytes wait for its socket; 64 KiB by
         * default.
         *
         * @return this builder
         */
        public Builder highWaterBytes(int value) {
            return put(HIGH_WATER_BYTES, value);
        }

        /**
         * A connection is writable again once no more than this waits; 32 KiB by default, or
         * {@link #highWaterBytes} if that is less. At most {@link #highWaterBytes}.
         *
         * @return this builder
         */
        public Builder lowWaterBytes(int value) {
            return put(LOW_WATER_BYTES, value);
        }

        /**
         * The time to establish an outgoing connection; 5 s by default.
         *
         * @return this builder
         */
        public Builder connectTimeout(Duration value) {
            return put(CONNECT_TIMEOUT, value);
        }

        /**
         * Connections accepted per second and listener, after a first burst of a tenth of them. 0,
         * the default, means no limit. When a large fleet comes back at once, nodes already back
         * are served first, and the others wait in the kernel.
         *
         * @return this builder
         */
        public Builder acceptsPerSecond(int value) {
            return put(ACCEPTS_PER_SECOND, value);
        }

        /**
         * TCP_USER_TIMEOUT: the kernel drops a connection whose sent bytes stay unacknowledged for
         * this long. 0, the default, leaves it to the system: some 15 minutes on Linux.
         *
         * @return this builder
         */
        public Builder userTimeout(Duration value) {
            return put(USER_TIMEOUT, value);
        }

        /**
         * TCP_NOTSENT_LOWAT: the kernel takes no more bytes while it holds this many unsent ones,
         * so a heartbeat can still overtake what waits behind them. 0, the default, leaves it to
         * the system.
         *
         * @return this builder
         */
        public Builder unsentLowWaterBytes(int value) {
            return put(UNSENT_LOW_WATER_BYTES, value);
        }

        /**
         * Finds the addresses of hosts; by default the transport's own, which asks the JVM.
         *
         * @return this builder
         */
        public Builder resolver(Resolver value) {
            return put(RESOLVER, value);
        }

        /**
         * Threads at most for look-ups by the transport's own resolver; 32 by default. A look-up
         * occupies a thread until the JVM answers; look-ups of the same name share it. Idle threads
         * end.
         *
         * @return this builder
         */
        public Builder lookupThreads(int value) {
            return put(LOOKUP_THREADS, value);
        }

        /**
         * Names that may wait for one of the {@link #lookupThreads}; 1,000 by default. One more
         * fails its attempt at once.
         *
         * @return this builder
         */
        public Builder waitingLookups(int value) {
            return put(WAITING_LOOKUPS, value);
        }

        /**
         * Checks them.
         *
         * @return the options
         * @throws IllegalArgumentException if a value is out of its range, or does not go together
         *     with another; the message names the option, the value and the range
         */
        public TransportOptions build() {
            return new TransportOptions(given());
        }
    }
}
