package dev.heartbeat.internal.frame;

import static java.util.Objects.requireNonNullElse;

/**
 * The peer sent something that the protocol does not allow. The
 * {@linkplain ErrorCode#scope() scope} of the code says whether the connection ends with it. It has
 * no stack trace: it is a peer's fault, may come at a high rate, and the message says all.
 */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    /** No message has this ordinal: they are counted from 1. */
    public static final long NO_MESSAGE = 0;

    private final ErrorCode code;
    private final long refused;
    private final long retryAfterMillis;

    public ProtocolException(ErrorCode code, String message) {
        this(code, message, NO_MESSAGE);
    }

    /**
     * @param refused the ordinal of the message that is refused, and that alone is lost
     */
    public ProtocolException(ErrorCode code, String message, long refused) {
        this(code, message, refused, 0);
    }

    private ProtocolException(ErrorCode code, String message, long refused, long retryAfterMillis) {
        super(message, null, false, false);
        this.code = code;
        this.refused = refused;
        this.retryAfterMillis = retryAfterMillis;
    }

    /**
     * One that may pass.
     *
     * @param retryAfterMillis when the peer may try again; 0 for not to say
     */
    public static ProtocolException forNow(ErrorCode code, String message, long retryAfterMillis) {
        return new ProtocolException(code, message, NO_MESSAGE, retryAfterMillis);
    }

    public ErrorCode code() {
        return code;
    }

    /**
     * The ordinal of the message that is refused; {@link #NO_MESSAGE} if it is about something
     * else.
     */
    public long refused() {
        return refused;
    }

    /** When the peer may try again; 0 for not to say. */
    public long retryAfterMillis() {
        return retryAfterMillis;
    }

    /** The fault, and what was expected. */
    public String text() {
        return requireNonNullElse(getMessage(), code.name());
    }

    static ProtocolException malformed(String message) {
        return new ProtocolException(ErrorCode.MALFORMED, message);
    }
}
