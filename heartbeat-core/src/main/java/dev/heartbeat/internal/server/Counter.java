package dev.heartbeat.internal.server;

/** The counters of a loop. */
public enum Counter {
    ACCEPTED,
    ENDED,
    FOREIGN,
    LAYER_FAILURES,
    HANDSHAKE_TIMEOUTS,
    REGISTRATIONS_REFUSED,
    FLOODS,
    BANNED,
    REFUSED_BY_OVERLOAD,
    REFUSED_BY_QUOTA,
    SHED,
    FORBIDDEN,
    UNAUTHORIZED,
    HEARTBEATS,
    FRAMES_IN,
    BYTES_IN,
    /** Of messages that the application has not handled yet. */
    BYTES_HELD,
    MESSAGES_IN,
    MESSAGES_OUT,
    LATE_WAKES
}
