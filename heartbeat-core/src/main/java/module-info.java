/** The heartbeat bus: an embeddable registry of who is alive in a fleet, and the channels to reach it. */
module dev.heartbeat.core {
    // Transitive and not static: a module that requires this one alone must still find the annotations.
    requires transitive org.jspecify;
    requires org.jctools.core.jdk11;
    requires org.slf4j;

    exports dev.heartbeat;
    exports dev.heartbeat.spi;

    uses dev.heartbeat.spi.TransportProvider;
}
