package dev.heartbeat.admin.internal.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a request.
 *
 * @param streams null for a whole answer; otherwise the body has no end, and they write it
 */
public record Reply(
        HttpResponseStatus status,
        String type,
        String body,
        @Nullable EventStreams streams) {
    public static Reply ok(String type, String body) {
        return new Reply(HttpResponseStatus.OK, type, body, null);
    }

    /** An answer as JSON. */
    public static Reply json(HttpResponseStatus status, Object value) {
        return new Reply(status, "application/json", Json.of(value), null);
    }

    public static Reply json(Object value) {
        return json(HttpResponseStatus.OK, value);
    }

    /** An answer without an end. */
    public static Reply events(EventStreams streams) {
        return new Reply(HttpResponseStatus.OK, "text/event-stream", "", streams);
    }

    static Reply problem(HttpResponseStatus status, String message) {
        return json(status, Map.of("error", message));
    }
}
