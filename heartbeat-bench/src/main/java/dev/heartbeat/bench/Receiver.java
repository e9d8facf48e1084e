package dev.heartbeat.bench;

/** The end that messages arrive at. */
interface Receiver {

    /** The port where it listens, on the loopback address. */
    int port();

    /** The number of messages that the application has had. Any thread. */
    long count();
}
