/** The default transport of the heartbeat bus, on plain {@code java.nio} selectors. */
module dev.heartbeat.nio {
    requires transitive dev.heartbeat.core;
    requires dev.heartbeat.sockets;
    requires org.slf4j;

    exports dev.heartbeat.nio;

    provides dev.heartbeat.spi.TransportProvider with
            dev.heartbeat.nio.NioTransportProvider;
}
