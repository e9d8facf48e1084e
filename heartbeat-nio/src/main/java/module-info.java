/** The default transport of the heartbeat bus, on plain {@code java.nio} selectors. */
// The transport that one export is for is built after this module.
@SuppressWarnings("module")
module dev.heartbeat.nio {
    requires transitive dev.heartbeat.core;
    requires org.slf4j;

    exports dev.heartbeat.nio;
    // What every transport on sockets does alike.
    exports dev.heartbeat.socket to
            dev.heartbeat.netty;

    provides dev.heartbeat.spi.TransportProvider with
            dev.heartbeat.nio.NioTransportProvider;
}
