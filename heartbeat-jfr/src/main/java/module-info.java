/** Events of a server in recordings of the JDK Flight Recorder. */
module dev.heartbeat.jfr {
    requires transitive dev.heartbeat.core;
    requires jdk.jfr;

    exports dev.heartbeat.jfr;
}
