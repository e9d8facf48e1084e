/** The counts of servers and clients as meters of Micrometer. */
// Micrometer has no descriptor of a module.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module dev.heartbeat.micrometer {
    requires transitive dev.heartbeat.core;
    requires transitive micrometer.core;

    exports dev.heartbeat.micrometer;
}
