/** Messages that only their sender and receiver can read. */
module dev.heartbeat.sealed {
    requires transitive dev.heartbeat.core;

    exports dev.heartbeat.sealed;
}
