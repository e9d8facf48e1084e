package dev.heartbeat;

import java.util.Objects;

/**
 * How a channel is used by this side. The other side has options of its own.
 *
 * @param weight its share of the connection when several channels have something to send: 1 to 255; twice the weight, twice the bytes
 * @param windowBytes how much the other side may send ahead of the application: 16,396 bytes to 1 GiB
 * @param maxWindowBytes to what that grows while the application keeps up and there is memory for it: {@code windowBytes} to 1 GiB
 * @param queueMessages how many messages may wait to be sent: 1 to 1,000,000
 * @param queueBytes how many bytes of them: 1 KiB to 1 TiB; one message may be larger
 * @param overflow what happens when the queue is full
 * @param delivery how messages are received
 */
public record ChannelOptions(
        int weight,
        int windowBytes,
        int maxWindowBytes,
        int queueMessages,
        long queueBytes,
        Overflow overflow,
        Delivery delivery) {

    /** What happens to a message when the queue is full. */
    public enum Overflow {
        /** It is refused: {@link SendResult#FULL}. */
        REJECT,
        /** It takes the place of the oldest that wait, which come back through {@link ChannelListener#onUndelivered}. For news that age. */
        DROP_OLDEST
    }

    /** How messages are received. */
    public enum Delivery {
        /** {@link ChannelListener#onMessage} on worker threads, with a copy. */
        PUSH,
        /** {@link ChannelListener#onMessage} on the event loop, with a view that lives until it returns. The expert's choice: who blocks there stops a whole loop. */
        INLINE,
        /** {@link Channel#receive}. */
        PULL
    }

    /** Checks every value; the message of the exception names the option, the value and the allowed range. */
    public ChannelOptions {
        Objects.requireNonNull(overflow, "overflow");
        Objects.requireNonNull(delivery, "delivery");
        Ranges.check("weight", weight, 1, 255);
        Ranges.check("windowBytes", windowBytes, Ranges.MIN_WINDOW, 1 << 30);
        Ranges.check("maxWindowBytes", maxWindowBytes, windowBytes, 1 << 30);
        Ranges.check("queueMessages", queueMessages, 1, 1_000_000);
        Ranges.check("queueBytes", queueBytes, 1 << 10, 1L << 40);
    }

    /** Weight 16, windows of 64 KiB that grow to 1 MiB, a queue of 1,000 messages and 1 MiB that refuses more, PUSH. */
    public static ChannelOptions defaults() {
        return builder().build();
    }

    /** With the default of every option. */
    public static Builder builder() {
        return new Builder();
    }

    /** The options of a channel; see {@link ChannelOptions}. */
    public static final class Builder {
        private static final int KIB = 1024;

        private int weight = 16;
        private int windowBytes = 64 * KIB;
        private int maxWindowBytes = 1024 * KIB;
        private int queueMessages = 1000;
        private long queueBytes = 1024 * KIB;
        private Overflow overflow = Overflow.REJECT;
        private Delivery delivery = Delivery.PUSH;

        private Builder() {}

        /** Its share of the connection; 16 by default. */
        public Builder weight(int value) {
            weight = value;
            return this;
        }

        /** How much the other side may send ahead, at first and at most; 64 KiB and 1 MiB by default. */
        public Builder window(int initialBytes, int maxBytes) {
            windowBytes = initialBytes;
            maxWindowBytes = maxBytes;
            return this;
        }

        /** How many messages, and how many bytes of them, may wait to be sent; 1,000 and 1 MiB by default. */
        public Builder queue(int maxMessages, long maxBytes) {
            queueMessages = maxMessages;
            queueBytes = maxBytes;
            return this;
        }

        /** What happens when the queue is full; {@link Overflow#REJECT} by default. */
        public Builder overflow(Overflow value) {
            overflow = Objects.requireNonNull(value, "overflow");
            return this;
        }

        /** How messages are received; {@link Delivery#PUSH} by default. */
        public Builder delivery(Delivery value) {
            delivery = Objects.requireNonNull(value, "delivery");
            return this;
        }

        /** Checks them. */
        public ChannelOptions build() {
            return new ChannelOptions(
                    weight, windowBytes, maxWindowBytes, queueMessages, queueBytes, overflow, delivery);
        }
    }
}
