/** Short programs that show one thing each. */
@SuppressWarnings("requires-automatic") // OpenTelemetry describes no modules.
module dev.heartbeat.examples {
    // Enough for everything: the transport brings the bus, and the bus the annotations.
    requires dev.heartbeat.nio;
    requires dev.heartbeat.tasks;
    // For the example that traces.
    requires io.opentelemetry.api;
    requires io.opentelemetry.common;
    requires io.opentelemetry.context;
    requires io.opentelemetry.sdk.trace;
    requires io.opentelemetry.sdk.common;
}
