/** Authenticators and credentials of the heartbeat bus. */
module dev.heartbeat.credentials {
    requires transitive dev.heartbeat.core;
    requires java.naming;
    requires org.slf4j;

    exports dev.heartbeat.credentials;
}
