package dev.heartbeat;

/**
 * The state of a client.
 *
 * @since 0.1
 */
public enum ClientState {
    /** A connection is being opened, or the registration awaits its answer. */
    CONNECTING,
    /** Registered; the server is heard of. */
    ONLINE,
    /** Registered, but the server has been silent for the suspicion time. */
    SUSPECT,
    /** Disconnected; the next attempt waits for its backoff. */
    WAITING,
    /** Closed for good, by the application or by the server. */
    CLOSED
}
