package dev.heartbeat;

import dev.heartbeat.option.Given;
import dev.heartbeat.option.Option;
import dev.heartbeat.option.OptionList;
import dev.heartbeat.option.OptionSetters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of this side of a channel. The other side has its own. Immutable;
 * {@link Builder} says what each means.
 *
 * @since 0.1
 */
public final class ChannelOptions {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    private static final OptionList<ChannelOptions> OPTIONS = new OptionList<>(ChannelOptions.class);

    private static final Option<ChannelOptions, Integer> WEIGHT = OPTIONS.integer(
                    "weight", ChannelOptions::weight, 1, 255)
            .byDefault(16)
            .text("Share of the connection while several channels send: twice the weight, twice the bytes.");
    private static final Option<ChannelOptions, Integer> WINDOW_BYTES = OPTIONS.bytes(
                    "windowBytes", ChannelOptions::windowBytes, Windows.MIN_BYTES, Windows.MAX_BYTES)
            .byDefault(64 * KIB)
            .text("First window: bytes that the other side may send ahead of the application.");
    private static final Option<ChannelOptions, Integer> MAX_WINDOW_BYTES = OPTIONS.bytes(
                    "maxWindowBytes", ChannelOptions::maxWindowBytes, Windows.MIN_BYTES, Windows.MAX_BYTES)
            .byDefault(MIB, Windows.DEFAULT_MAX_TEXT)
            .text("Largest window; at least windowBytes. It grows while the application keeps up and the budget"
                    + " allows it.");
    private static final Option<ChannelOptions, Integer> QUEUE_MESSAGES = OPTIONS.integer(
                    "queueMessages", ChannelOptions::queueMessages, 1, 1_000_000)
            .byDefault(1000)
            .text("Messages that may wait to be sent.");
    private static final Option<ChannelOptions, Long> QUEUE_BYTES = OPTIONS.longBytes(
                    "queueBytes", ChannelOptions::queueBytes, KIB, 1L << 40)
            .byDefault((long) MIB)
            .text("Bytes of messages that may wait to be sent. A larger message waits alone.");
    private static final Option<ChannelOptions, QueueOverflow> OVERFLOW = OPTIONS.choice(
                    "overflow", QueueOverflow.class, ChannelOptions::overflow)
            .byDefault(QueueOverflow.REJECT)
            .text("A full queue refuses a new message, or drops its oldest ones.");
    private static final Option<ChannelOptions, Delivery> DELIVERY = OPTIONS.choice(
                    "delivery", Delivery.class, ChannelOptions::delivery)
            .byDefault(Delivery.PUSH)
            .text("PUSH calls a listener on worker threads, INLINE on the event loop; PULL lets the application"
                    + " fetch messages.");

    /** The ways in which an application receives messages. */
    public enum Delivery {
        /** {@link ChannelListener#onMessage} on worker threads, with a copy. */
        PUSH,
        /**
         * {@link ChannelListener#onMessage} on the event loop, with a view that lives until it
         * returns. For experts: blocking there stops a whole loop.
         */
        INLINE,
        /** The application fetches messages by {@link Channel#receive}. */
        PULL
    }

    private final Given<ChannelOptions> given;
    private final int weight;
    private final int windowBytes;
    private final int maxWindowBytes;
    private final int queueMessages;
    private final long queueBytes;
    private final QueueOverflow overflow;
    private final Delivery delivery;

    private ChannelOptions(Given<ChannelOptions> given) {
        this.given = given;
        weight = given.value(WEIGHT);
        windowBytes = given.value(WINDOW_BYTES);
        maxWindowBytes = given.atLeast(MAX_WINDOW_BYTES, windowBytes);
        queueMessages = given.value(QUEUE_MESSAGES);
        queueBytes = given.value(QUEUE_BYTES);
        overflow = given.value(OVERFLOW);
        delivery = given.value(DELIVERY);
    }

    /** {@return options with the default of every option} */
    public static ChannelOptions defaults() {
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
    public static List<Option<ChannelOptions, ?>> descriptions() {
        return OPTIONS.all();
    }

    /** {@return the value of {@link Builder#weight}} */
    public int weight() {
        return weight;
    }

    /** {@return the value of {@link Builder#windowBytes}} */
    public int windowBytes() {
        return windowBytes;
    }

    /** {@return the value of {@link Builder#maxWindowBytes}} */
    public int maxWindowBytes() {
        return maxWindowBytes;
    }

    /** {@return the value of {@link Builder#queueMessages}} */
    public int queueMessages() {
        return queueMessages;
    }

    /** {@return the value of {@link Builder#queueBytes}} */
    public long queueBytes() {
        return queueBytes;
    }

    /** {@return the value of {@link Builder#overflow}} */
    public QueueOverflow overflow() {
        return overflow;
    }

    /** {@return the value of {@link Builder#delivery}} */
    public Delivery delivery() {
        return delivery;
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
     * Sets the options of a channel. The ranges are in docs/OPTIONS.md, and each refusal names its
     * own. For one thread at a time.
     */
    public static final class Builder extends OptionSetters<ChannelOptions, Builder> {
        private Builder() {}

        private Builder as(ChannelOptions options) {
            return replace(options.given);
        }

        /**
         * The share of the connection while several channels send; 16 by default. Twice the weight,
         * twice the bytes.
         *
         * @return this builder
         */
        public Builder weight(int value) {
            return put(WEIGHT, value);
        }

        /**
         * The first window: bytes that the other side may send ahead of the application; 64 KiB by
         * default.
         *
         * @return this builder
         */
        public Builder windowBytes(int value) {
            return put(WINDOW_BYTES, value);
        }

        /**
         * The largest window; 1 MiB by default, or {@link #windowBytes} if that is more. At least
         * {@link #windowBytes}. The window grows while the application keeps up and the budget
         * allows it.
         *
         * @return this builder
         */
        public Builder maxWindowBytes(int value) {
            return put(MAX_WINDOW_BYTES, value);
        }

        /**
         * Messages that may wait to be sent; 1,000 by default.
         *
         * @return this builder
         */
        public Builder queueMessages(int value) {
            return put(QUEUE_MESSAGES, value);
        }

        /**
         * Bytes of messages that may wait to be sent; 1 MiB by default. A larger message waits
         * alone.
         *
         * @return this builder
         */
        public Builder queueBytes(long value) {
            return put(QUEUE_BYTES, value);
        }

        /**
         * The behaviour when the queue is full; {@link QueueOverflow#REJECT} by default.
         *
         * @return this builder
         */
        public Builder overflow(QueueOverflow value) {
            return put(OVERFLOW, value);
        }

        /**
         * The way messages are received; {@link Delivery#PUSH} by default.
         *
         * @return this builder
         */
        public Builder delivery(Delivery value) {
            return put(DELIVERY, value);
        }

        /**
         * Checks them.
         *
         * @return the options
         * @throws IllegalArgumentException if a value is out of its range; the message names the
         *     option, the value and the range
         */
        public ChannelOptions build() {
            return new ChannelOptions(given());
        }
    }
}
