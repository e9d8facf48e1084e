package dev.heartbeat;

import java.util.Objects;

/**
 * A message did not get away.
 *
 * @since 0.1
 */
public final class UndeliveredException extends HeartbeatException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why a message did not get away. */
    public enum Reason {
        /** The queue was at its bound. */
        FULL(FailureCode.QUEUE_FULL),
        /** Larger than a message may be. */
        TOO_LARGE(FailureCode.MESSAGE_TOO_LARGE),
        /** The channel, the client or the node's stay had ended before. */
        CLOSED(FailureCode.NOT_CONNECTED),
        /** It was the oldest when a newer one needed its place. */
        DROPPED(FailureCode.DROPPED),
        /** The channel or the connection ended before it was away; part of it may have arrived. */
        LOST(FailureCode.CONNECTION_LOST),
        /**
         * The other side refused it: it had no memory for the message, the message went over its
         * limit, or nothing more of it came for too long. That is known of requests and of messages
         * in fragments, until the other side says by its next heartbeat that all of the message has
         * come. The last 1,024 messages of each channel are remembered, and the last MiB of those
         * that are no requests; the refusal of an earlier message is not reported. A message that
         * fits one frame and asks for nothing needs no memory but what the receiver has promised
         * for it, so it is not refused for want of memory.
         *
         * @since 0.1
         */
        REFUSED(FailureCode.NO_CAPACITY);

        private final FailureCode code;

        Reason(FailureCode code) {
            this.code = code;
        }

        /**
         * {@return the code of an exception for this reason; {@link FailureCode#isRetryable} says
         * whether to send again can help}
         */
        public FailureCode code() {
            return code;
        }
    }

    /** With this reason. */
    public UndeliveredException(Reason reason) {
        super(Objects.requireNonNull(reason, "reason").code(), "the message was not delivered: " + reason);
        this.reason = reason;
    }

    /**
     * Why.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
