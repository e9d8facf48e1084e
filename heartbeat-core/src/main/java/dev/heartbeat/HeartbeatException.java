package dev.heartbeat;

import java.util.Objects;

/**
 * Something on the bus failed; the code names it for programs, and the message says what, and what
 * was expected.
 *
 * @since 0.1
 */
public class HeartbeatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureCode code;

    /** With what failed. */
    public HeartbeatException(FailureCode code, String message) {
        super(Objects.requireNonNull(message, "message"));
        this.code = Objects.requireNonNull(code, "code");
    }

    /** With what failed and why. */
    public HeartbeatException(FailureCode code, String message, Throwable cause) {
        super(Objects.requireNonNull(message, "message"), Objects.requireNonNull(cause, "cause"));
        this.code = Objects.requireNonNull(code, "code");
    }

    /**
     * Names what failed.
     *
     * @return the code
     */
    public FailureCode code() {
        return code;
    }
}
