/**
 * The heartbeat bus: an embeddable registry of who is alive in a fleet, and the channels to reach
 * it.
 */
// The modules that two exports are for are built after this one.
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
    // Their lines of the log.
    exports dev.heartbeat.internal.log to
            dev.heartbeat.admin,
            dev.heartbeat.credentials,
            dev.heartbeat.netty,
            dev.heartbeat.nio,
            dev.heartbeat.sockets,
            dev.heartbeat.tasks,
            dev.heartbeat.tls;

    uses dev.heartbeat.spi.RecorderProvider;
    uses dev.heartbeat.spi.TransportProvider;
}
