/** The transport of the heartbeat bus on Netty's event loops. */
module dev.heartbeat.netty {
    requires transitive dev.heartbeat.core;
    requires transitive io.netty.transport;
    requires dev.heartbeat.nio;
    requires io.netty.common;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires org.slf4j;

    exports dev.heartbeat.netty;

    provides dev.heartbeat.spi.TransportProvider with
            dev.heartbeat.netty.NettyTransportProvider,
            dev.heartbeat.netty.NettyTransportProvider.Epoll,
            dev.heartbeat.netty.NettyTransportProvider.Nio;
}
