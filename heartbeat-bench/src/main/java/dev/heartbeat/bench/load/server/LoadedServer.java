package dev.heartbeat.bench.load.server;

import java.util.Map;

/** A server under load, within its own process. */
interface LoadedServer {
    /** The port where it listens, on the loopback address. */
    int port();

    /** The 99th percentile of how late its event loops were; 0 where it is not known. */
    default long lagNanos() {
        return 0;
    }

    /** The number of times it has suspected a node that it should not have. */
    default long suspect() {
        return 0;
    }

    /** The number of times it has given one up. */
    default long offline() {
        return 0;
    }

    /** The number of its open connections; 0 where it is not known. */
    default long open() {
        return 0;
    }

    /** Its refusals by reason; nothing where they are not known. */
    default Map<String, Long> refusals() {
        return Map.of();
    }
}
