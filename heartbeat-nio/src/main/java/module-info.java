/** The default transport of the heartbeat bus, on plain {@code java.nio} selectors. */
module dev.heartbeat.nio {
    requires transitive dev.heartbeat.core;
}
