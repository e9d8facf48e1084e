/** The part that all transports on sockets share. Applications use a transport's own module. */
// The transports that one export is for are built after this module.
@SuppressWarnings("module")
module dev.heartbeat.sockets {
    requires transitive dev.heartbeat.core;
    requires java.management;
    requires org.slf4j;

    exports dev.heartbeat.sockets to
            dev.heartbeat.netty,
            dev.heartbeat.nio;
}
