/**
 * The heartbeat bus: an embeddable registry of who is alive in a fleet, and the channels to reach
 * it.
 */
// The testkit, which one export is for, is built after this module.
@SuppressWarnings("module")
module dev.heartbeat.core {
    // Transitive and not static: a module that requires this one alone must still find the
    // annotations.
    requires transitive org.jspecify;
    requires org.jctools.core.jdk11;
    requires org.slf4j;

    exports dev.heartbeat;
    exports dev.heartbeat.auth;
    exports dev.heartbeat.option;
    exports dev.heartbeat.spi;
    // Its scripted peer speaks in frames.
    exports dev.heartbeat.internal.frame to
            dev.heartbeat.testkit;

    uses dev.heartbeat.spi.RecorderProvider;
    uses dev.heartbeat.spi.TransportProvider;
}
