/** TLS for servers and clients of the heartbeat bus, over any transport. */
module dev.heartbeat.tls {
    requires transitive dev.heartbeat.core;
    requires org.slf4j;

    exports dev.heartbeat.tls;
    exports dev.heartbeat.tls.spi;

    uses dev.heartbeat.tls.spi.TlsEngineProvider;
}
