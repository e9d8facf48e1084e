/** The transport of the heartbeat bus on Netty's event loops. */
module dev.heartbeat.netty {
    requires transitive dev.heartbeat.core;
    requires transitive io.netty.transport;
    requires dev.heartbeat.sockets;
    requires io.netty.common;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires org.slf4j;
    // Needed when io_uring is asked for.
    requires static io.netty.transport.classes.io_uring;

    exports dev.heartbeat.netty;

    provides dev.heartbeat.spi.TransportProvider with
            dev.heartbeat.netty.NettyTransportProvider,
            dev.heartbeat.netty.NettyTransportProvider.Epoll,
            dev.heartbeat.netty.NettyTransportProvider.Nio,
            dev.heartbeat.netty.NettyTransportProvider.IoUring;
}
