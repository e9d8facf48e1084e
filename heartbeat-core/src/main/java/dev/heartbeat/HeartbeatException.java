package dev.heartbeat;

import java.util.Objects;

/** Something on the bus failed; the message says what, and names what was expected. */
public class HeartbeatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what failed. */
    public HeartbeatException(String message) {
        super(Objects.requireNonNull(message, "message"));
    }

    /** With what failed and why. */
    public HeartbeatException(String message, Throwable cause) {
        super(Objects.requireNonNull(message, "message"), Objects.requireNonNull(cause, "cause"));
    }
}
