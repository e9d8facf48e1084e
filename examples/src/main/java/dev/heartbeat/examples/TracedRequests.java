package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Request;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A node orders something from the server, which asks another node before it answers: one trace,
 * across three participants. An application has an exporter for its collector instead of this one.
 */
public final class TracedRequests {
    private static final Duration SOON = Duration.ofSeconds(5);

    private TracedRequests() {}

    /** Orders once, prints the spans as a tree, and ends. */
    @SuppressWarnings("try") // What is opened here is used by being open.
    public static void main(String[] args) {
        Spans spans = new Spans();
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(spans))
                .build();
        try (HeartbeatServer server = newServer(provider);
                HeartbeatClient ann = newNode("ann", server, provider);
                HeartbeatClient ben = newNode("ben", server, provider)) {
            Span order =
                    provider.get("shop").spanBuilder("order by application").startSpan();
            try (Scope current = order.makeCurrent()) {
                ann.request(text("a bicycle"), SOON).join();
            }
            order.end();
        }
        provider.close();
        spans.print();
    }

    private static HeartbeatServer newServer(SdkTracerProvider provider) {
        HeartbeatServer[] server = new HeartbeatServer[1];
        server[0] = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .tracer(new OpenTelemetryTracer(provider, "server"))
                .onRequest((from, request) -> askTheStore(server[0], request))
                .start();
        return server[0];
    }

    /** The span of the request is current here, so the question is a child of it. */
    private static void askTheStore(HeartbeatServer server, Request order) {
        var unused = server.request("ben", order.content(), SOON).whenComplete((answer, failure) -> {
            if (failure == null) {
                order.reply(answer);
            } else {
                order.fail("the store does not answer");
            }
        });
    }

    private static HeartbeatClient newNode(String id, HeartbeatServer server, SdkTracerProvider provider) {
        HeartbeatClient node = HeartbeatClient.builder()
                .server("127.0.0.1", server.localAddress().getPort())
                .nodeId(id)
                .tracer(new OpenTelemetryTracer(provider, id))
                .onRequest(request -> request.reply(text("here it is")))
                .connect();
        node.registered().join();
        return node;
    }

    private static ByteBuffer text(String text) {
        return StandardCharsets.UTF_8.encode(text);
    }

    /** Keeps all spans, and prints each below its parent. */
    private static final class Spans implements SpanExporter {
        private final List<SpanData> ended = new CopyOnWriteArrayList<>();

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            ended.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }

        private void print() {
            long traces = ended.stream().map(SpanData::getTraceId).distinct().count();
            System.out.println((traces == 1 ? "one trace" : traces + " traces") + " of " + ended.size() + " spans");
            ended.stream()
                    .filter(span -> !span.getParentSpanContext().isValid())
                    .forEach(root -> print(root, ""));
        }

        private void print(SpanData span, String indent) {
            System.out.println(indent + span.getName());
            ended.stream()
                    .filter(child -> child.getParentSpanId().equals(span.getSpanId()))
                    .forEach(child -> print(child, indent + "  "));
        }
    }
}
