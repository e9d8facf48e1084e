/** Short programs that show one thing each. */
module dev.heartbeat.examples {
    // Enough for everything: the transport brings the bus, and the bus the annotations.
    requires dev.heartbeat.nio;
}
