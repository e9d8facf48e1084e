package dev.heartbeat.bench.load.server;

/** A server under load, within its own process. */
interface LoadedServer {
    /** Where it listens, on the loopback address. */
    int port();

    /** How often it has suspected a node that it should not have. */
    default long suspect() {
        return 0;
    }

    /** How often it has given one up. */
    default long offline() {
        return 0;
    }
}
