/** Recurring tasks, and bounds for handlers that call slow things. */
module dev.heartbeat.tasks {
    requires transitive dev.heartbeat.core;

    exports dev.heartbeat.tasks;
}
