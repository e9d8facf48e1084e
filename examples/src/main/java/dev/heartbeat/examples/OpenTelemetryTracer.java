package dev.heartbeat.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.heartbeat.MessageSpan;
import dev.heartbeat.MessageTracer;
import dev.heartbeat.TracedMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of OpenTelemetry of each message and request, on both sides. The fields of W3C Trace
 * Context travel with it, a line each, so that the receiver's span is a child of the sender's.
 */
public final class OpenTelemetryTracer implements MessageTracer {
    private static final TextMapPropagator PROPAGATOR = W3CTraceContextPropagator.getInstance();
    private static final List<String> FIELDS = List.of("traceparent", "tracestate");

    private final Tracer spans;
    private final String side;

    /**
     * Makes one for a server or a client.
     *
     * @param side what its spans are named after
     */
    public OpenTelemetryTracer(TracerProvider provider, String side) {
        spans = provider.get("dev.heartbeat");
        this.side = side;
    }

    @Override
    public MessageSpan onSend(TracedMessage message) {
        String name = message.isRequest() ? "ask" : "send";
        SpanKind kind = message.isRequest() ? SpanKind.CLIENT : SpanKind.PRODUCER;
        return begin(name, kind, message, Context.current());
    }

    @Override
    public MessageSpan onReceive(TracedMessage message, byte[] context) {
        String name = message.isRequest() ? "answer" : "handle";
        SpanKind kind = message.isRequest() ? SpanKind.SERVER : SpanKind.CONSUMER;
        return begin(name, kind, message, PROPAGATOR.extract(Context.root(), read(context), new Fields()));
    }

    private MessageSpan begin(String name, SpanKind kind, TracedMessage message, Context parent) {
        Span span = spans.spanBuilder(name + " by " + side)
                .setSpanKind(kind)
                .setParent(parent)
                .setAttribute("heartbeat.node", message.nodeId())
                .setAttribute("heartbeat.other_node", message.otherNodeId())
                .setAttribute("heartbeat.channel", message.channel())
                .setAttribute("messaging.message.body.size", (long) message.length())
                .startSpan();
        return new OneMessage(span, parent.with(span));
    }

    private record OneMessage(Span span, Context within) implements MessageSpan {
        @Override
        public byte[] context() {
            Map<String, String> fields = new HashMap<>();
            PROPAGATOR.inject(within, fields, (carrier, name, value) -> fields.put(name, value));
            String parent = fields.getOrDefault(FIELDS.get(0), "");
            byte[] both = (parent + "\n" + fields.getOrDefault(FIELDS.get(1), "")).getBytes(US_ASCII);
            // A state that is too long is left out, as W3C allows.
            return both.length <= MessageTracer.MAX_CONTEXT_BYTES ? both : parent.getBytes(US_ASCII);
        }

        @Override
        @SuppressWarnings("try") // The scope ends by being closed.
        public void run(Runnable handler) {
            try (Scope current = within.makeCurrent()) {
                handler.run();
            }
        }

        @Override
        public void end(@Nullable Throwable failure) {
            if (failure != null) {
                span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
                span.recordException(failure);
            }
            span.end();
        }
    }

    private static Map<String, String> read(byte[] context) {
        String[] lines = new String(context, US_ASCII).split("\n", -1);
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < Math.min(lines.length, FIELDS.size()); i++) {
            fields.put(FIELDS.get(i), lines[i]);
        }
        return fields;
    }

    private static final class Fields implements TextMapGetter<Map<String, String>> {
        @Override
        @SuppressWarnings("deprecation") // Abstract all the same.
        public Iterable<String> keys(Map<String, String> carrier) {
            return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    }
}
