package dev.heartbeat.bench.load.generator;

/** The TLS of the load's connections. */
public enum Sessions {
    /** Without TLS. */
    PLAIN,
    /** Each handshake is a full one. */
    FULL,
    /** Each node resumes the session it had before. */
    RESUMED
}
