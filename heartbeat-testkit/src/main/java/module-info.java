/** Simulation and contract tests for the heartbeat bus. */
module dev.heartbeat.testkit {
    requires transitive dev.heartbeat.core;
    requires org.slf4j;
    // The contract is made of tests; nothing else here needs them.
    requires static jdk.management;
    requires static org.assertj.core;
    requires static org.junit.jupiter.api;

    exports dev.heartbeat.testkit;
    exports dev.heartbeat.testkit.fleet;
    exports dev.heartbeat.testkit.contract;

    // Its tests are found and run by reflection.
    opens dev.heartbeat.testkit.contract to
            org.junit.platform.commons;
}
