package dev.heartbeat;

import java.util.Objects;

/** A message did not get away. */
public final class UndeliveredException extends HeartbeatException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why a message did not get away. */
    public enum Reason {
        /** The queue was at its bound. */
        FULL,
        /** Larger than a message may be. */
        TOO_LARGE,
        /** The channel, the client or the node's stay had ended before. */
        CLOSED,
        /** It was the oldest when a newer one needed its place. */
        DROPPED,
        /** The channel or the connection ended before it was away; part of it may have arrived. */
        LOST
    }

    /** With this reason. */
    public UndeliveredException(Reason reason) {
        super("the message was not delivered: " + Objects.requireNonNull(reason, "reason"));
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
