package dev.heartbeat;

/** Something on the bus failed; the message says what, and names what was expected. */
public class HeartbeatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what failed. */
    public HeartbeatException(String message) {
        super(message);
    }

    /** With what failed and why. */
    public HeartbeatException(String message, Throwable cause) {
        super(message, cause);
    }
}
