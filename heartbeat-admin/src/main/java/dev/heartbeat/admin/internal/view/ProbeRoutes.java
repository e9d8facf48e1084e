package dev.heartbeat.admin.internal.view;

import dev.heartbeat.admin.internal.http.Reply;
import dev.heartbeat.admin.internal.http.Routes;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The paths of the probes: what a machine asks every few seconds, without details. */
public final class ProbeRoutes {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private ProbeRoutes() {}

    public static Routes of(Health health, PrometheusMeterRegistry metrics) {
        return new Routes()
                .quick("/health/live", request -> probe(health.deadBecause()))
                .quick("/health/ready", request -> probe(health.notReadyBecause()))
                .get("/metrics", request -> {
                    String type = request.accept().contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
                    return Reply.ok(type, metrics.scrape(type));
                });
    }

    private static Reply probe(@Nullable String fault) {
        return fault == null
                ? Reply.json(Map.of("status", "UP"))
                : Reply.json(HttpResponseStatus.SERVICE_UNAVAILABLE, Map.of("status", "DOWN"));
    }
}
