package dev.heartbeat.sealed;

import java.util.Objects;

/**
 * A message that could not be opened. Nothing of its content is known, and none of it is in the
 * message of this exception.
 *
 * @since 0.1
 */
public final class SealException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong with the message. */
    private final Fault fault;

    /**
     * What is wrong with a message.
     *
     * @since 0.1
     */
    public enum Fault {
        /** It has not the form of a sealed message, or of this version. */
        MALFORMED,
        /** The key ring has no key of the id that the message names. */
        UNKNOWN_KEY,
        /**
         * It was altered, or sealed by another sender, for another channel or with another key of
         * the same id. AES-GCM cannot tell these apart.
         */
        NOT_GENUINE
    }

    SealException(Fault fault, String message) {
        super(Objects.requireNonNull(message, "message"));
        this.fault = Objects.requireNonNull(fault, "fault");
    }

    /** {@return what is wrong with the message} */
    public Fault fault() {
        return fault;
    }
}
