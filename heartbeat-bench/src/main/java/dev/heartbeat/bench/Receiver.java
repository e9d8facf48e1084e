package dev.heartbeat.bench;

/** The end that messages arrive at. */
interface Receiver {

    /** Where it listens, on the loopback address. */
    int port();

    /** How many messages the application has had. Any thread. */
    long count();
}
