package dev.heartbeat.internal.frame;

import static java.util.Objects.requireNonNullElse;

/**
 * The peer sent something that the protocol does not allow. The {@linkplain ErrorCode#scope() scope} of the code says whether the
 * connection ends with it. It has no stack trace: it is a peer's fault, may come at a high rate, and the message says all.
 */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public ProtocolException(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    /** What was wrong and what was expected. */
    public String text() {
        return requireNonNullElse(getMessage(), code.name());
    }

    static ProtocolException malformed(String message) {
        return new ProtocolException(ErrorCode.MALFORMED, message);
    }
}
