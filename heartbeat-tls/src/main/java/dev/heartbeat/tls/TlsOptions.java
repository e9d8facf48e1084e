package dev.heartbeat.tls;

import dev.heartbeat.option.Given;
import dev.heartbeat.option.Option;
import dev.heartbeat.option.OptionList;
import dev.heartbeat.option.OptionSetters;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of TLS on one side. Immutable; {@link Builder} says what each means.
 *
 * @since 0.1
 */
public final class TlsOptions {
    private static final OptionList<TlsOptions> OPTIONS = new OptionList<>(TlsOptions.class);

    private static final Option<TlsOptions, Integer> HANDSHAKE_THREADS = OPTIONS.integer(
                    "handshakeThreads", TlsOptions::handshakeThreads, 0, 1024)
            .otherwise("one per core")
            .text(
                    "Threads at most for handshakes that a turn of an event loop has no time for; with 0 all run on the loops.");
    private static final Option<TlsOptions, Integer> MAX_HANDSHAKES = OPTIONS.integer(
                    "maxHandshakes", TlsOptions::maxHandshakes, 1, 1_000_000)
            .byDefault(1_000)
            .text("Handshakes under way at a time. Further ones wait, and hold only what their peers sent.");
    private static final Option<TlsOptions, Long> HELD_BYTES = OPTIONS.longBytes(
                    "heldBytes", TlsOptions::heldBytes, 64 * 1024, 1L << 40)
            .byDefault(64L << 20)
            .text("Memory for TLS records that are incomplete, of all connections together.");
    private static final Option<TlsOptions, Duration> RELOAD_INTERVAL = OPTIONS.time(
                    "reloadInterval", TlsOptions::reloadInterval, Duration.ofMillis(1), Duration.ofDays(1))
            .byDefault(Duration.ofSeconds(10))
            .text("Certificates, keys and authorities are read again when a handshake comes after this long.");

    private final Given<TlsOptions> given;
    private final int handshakeThreads;
    private final int maxHandshakes;
    private final long heldBytes;
    private final Duration reloadInterval;

    private TlsOptions(Given<TlsOptions> given) {
        this.given = given;
        handshakeThreads = given.value(HANDSHAKE_THREADS, Runtime.getRuntime().availableProcessors());
        maxHandshakes = given.value(MAX_HANDSHAKES);
        heldBytes = given.value(HELD_BYTES);
        reloadInterval = given.value(RELOAD_INTERVAL);
    }

    /**
     * With the default of every option.
     *
     * @return a layer that is shared
     */
    public static TlsOptions defaults() {
        return builder().build();
    }

    /**
     * A builder in which nothing is set.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder in which that is set which was set for these.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder().as(this);
    }

    /** {@return the description of each option, in order; unmodifiable} */
    public static List<Option<TlsOptions, ?>> descriptions() {
        return OPTIONS.all();
    }

    /** {@return the value of {@link Builder#handshakeThreads}} */
    public int handshakeThreads() {
        return handshakeThreads;
    }

    /** {@return the value of {@link Builder#maxHandshakes}} */
    public int maxHandshakes() {
        return maxHandshakes;
    }

    /** {@return the value of {@link Builder#heldBytes}} */
    public long heldBytes() {
        return heldBytes;
    }

    /** {@return the value of {@link Builder#reloadInterval}} */
    public Duration reloadInterval() {
        return reloadInterval;
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
     * Sets the bounds of TLS. Each refusal names its option, the value and the range. For one
     * thread at a time.
     */
    public static final class Builder extends OptionSetters<TlsOptions, Builder> {
        private Builder() {}

        private Builder as(TlsOptions options) {
            return replace(options.given);
        }

        /**
         * Threads at most for handshakes; one per core by default. A server's handshake runs on its
         * event loop, as long as handshakes have taken less than a millisecond of the turn. The
         * others run on these threads, and so does whatever verifies a certificate. Idle threads
         * end. With 0 all handshakes run on the event loops.
         *
         * @return this builder
         */
        public Builder handshakeThreads(int value) {
            return put(HANDSHAKE_THREADS, value);
        }

        /**
         * Handshakes under way at a time; 1,000 by default. A connection takes a place with its
         * first whole record. Without a free place it waits in line, within the handshake timeout
         * of the server. While some wait, handshakes end whose peers owe an answer for two seconds
         * or more, the longest first.
         *
         * @return this builder
         */
        public Builder maxHandshakes(int value) {
            return put(MAX_HANDSHAKES, value);
        }

        /**
         * Memory for TLS records that are incomplete, of all connections together; 64 MiB by
         * default. A connection that needs more ends. It grows with what arrives, never with what
         * a record announces.
         *
         * @return this builder
         */
        public Builder heldBytes(long value) {
            return put(HELD_BYTES, value);
        }

        /**
         * Certificates, keys and authorities are read again, on a thread of its own, when a handshake
         * comes after this long; 10 s by default. Their content decides whether they changed. A bad file is one line in
         * the log, and what was there before stays in force.
         *
         * @return this builder
         */
        public Builder reloadInterval(Duration value) {
            return put(RELOAD_INTERVAL, value);
        }

        /**
         * Checks them.
         *
         * @return what is built
         * @throws IllegalArgumentException if a value is out of its range; the message names the
         *     option, the value and the range
         */
        public TlsOptions build() {
            return new TlsOptions(given());
        }
    }
}
