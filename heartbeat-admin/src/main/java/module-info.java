/** Probes, metrics, an API and a live page over HTTP. */
// The library of JSON objects and that of Prometheus have no descriptor of a module.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module dev.heartbeat.admin {
    requires transitive dev.heartbeat.core;
    requires transitive micrometer.registry.prometheus;
    requires dev.heartbeat.micrometer;
    requires dev.heartbeat.tls;
    requires com.fasterxml.jackson.jr.ob;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires org.slf4j;

    exports dev.heartbeat.admin;
}
