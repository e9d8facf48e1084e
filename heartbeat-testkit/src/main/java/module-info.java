/** Simulation and contract tests for the heartbeat bus. */
module dev.heartbeat.testkit {
    requires transitive dev.heartbeat.core;
    requires org.slf4j;

    exports dev.heartbeat.testkit;
    exports dev.heartbeat.testkit.fleet;
}
