/** Authenticators and credentials of the heartbeat bus. */
// The module that one export is for is built after this one.
@SuppressWarnings("module")
module dev.heartbeat.credentials {
    requires transitive dev.heartbeat.core;
    requires java.naming;
    requires org.slf4j;

    exports dev.heartbeat.credentials;
    exports dev.heartbeat.credentials.internal to
            dev.heartbeat.jwt;
}
