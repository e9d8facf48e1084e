package dev.heartbeat.internal.queue;

import dev.heartbeat.MessageTracer;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The application's tracer of a server or client. Any thread.
 *
 * @param onFailure hears of the tracer's exceptions
 */
public record Tracing(MessageTracer tracer, BiConsumer<String, Throwable> onFailure) {

    /** Null where nobody traces. */
    public static @Nullable Tracing of(@Nullable MessageTracer tracer, BiConsumer<String, Throwable> onFailure) {
        return tracer == null ? null : new Tracing(tracer, onFailure);
    }

    /**
     * The traces of what goes to and fro between a node and a server.
     *
     * @param all null where nobody traces
     * @param channel null for channel 0
     */
    public static @Nullable Traces of(@Nullable Tracing all, String nodeId, @Nullable String channel) {
        return all == null ? null : new Traces(all, nodeId, channel);
    }

    void failed(Throwable failure) {
        onFailure.accept("the tracer", failure);
    }
}
