package dev.heartbeat.admin.internal.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that cannot be answered: the client gets the status, and the message as JSON. */
public final class Problem extends Exception {
    private static final long serialVersionUID = 1;

    private final transient HttpResponseStatus status;
    private final String text;

    public Problem(HttpResponseStatus status, String message) {
        super(message, null, false, false);
        this.status = status;
        text = message;
    }

    public static Problem badRequest(String message) {
        return new Problem(HttpResponseStatus.BAD_REQUEST, message);
    }

    public static Problem notFound(String message) {
        return new Problem(HttpResponseStatus.NOT_FOUND, message);
    }

    String text() {
        return text;
    }

    HttpResponseStatus status() {
        return status;
    }
}
