package dev.heartbeat.admin.internal.http;

import java.util.Map;
import java.util.Objects;

/**
 * A request of an HTTP client, as a route sees it.
 *
 * @param variables the parts of the path that the route names, decoded
 * @param query each parameter once, decoded
 * @param accept the media types that the client takes; empty if it does not say
 */
public record Request(Map<String, String> variables, Map<String, String> query, String accept, String body) {

    /** {@return the part of the path that the route gave this name} */
    public String variable(String name) {
        return Objects.requireNonNull(variables.get(name));
    }
}
