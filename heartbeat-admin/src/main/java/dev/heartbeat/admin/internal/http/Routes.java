package dev.heartbeat.admin.internal.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The paths of a port, and what answers each. */
public final class Routes {
    private final List<Route> routes = new ArrayList<>();

    /** Answers a request, on the thread of the port's work. */
    @FunctionalInterface
    public interface Answer {
        Reply to(Request request) throws Problem;
    }

    /**
     * @param isOpen whether no token is asked for
     * @param parameters the names that the query may have
     */
    record Route(
            HttpMethod method,
            List<String> path,
            Answer answer,
            boolean isOpen,
            boolean isQuick,
            Set<String> parameters) {

        /** The variables of the path if it is of this route. */
        @Nullable
        Map<String, String> match(List<String> asked) {
            if (asked.size() != path.size()) {
                return null;
            }
            Map<String, String> variables = new LinkedHashMap<>();
            for (int i = 0; i < path.size(); i++) {
                String part = path.get(i);
                if (part.startsWith("{")) {
                    variables.put(part.substring(1, part.length() - 1), asked.get(i));
                } else if (!part.equals(asked.get(i))) {
                    return null;
                }
            }
            return variables;
        }
    }

    record Match(Route route, Request request) {}

    public Routes get(String path, Answer answer, String... parameters) {
        return add(HttpMethod.GET, path, answer, false, false, parameters);
    }

    /** A file that holds no secret: whoever has no token yet needs it to give one. */
    public Routes open(String path, Answer answer) {
        return add(HttpMethod.GET, path, answer, true, true);
    }

    /** An answer that takes microseconds. The thread of the sockets gives it, before all work. */
    public Routes quick(String path, Answer answer) {
        return add(HttpMethod.GET, path, answer, false, true);
    }

    public Routes post(String path, Answer answer) {
        return add(HttpMethod.POST, path, answer, false, false);
    }

    private Routes add(
            HttpMethod method, String path, Answer answer, boolean isOpen, boolean isQuick, String... parameters) {
        routes.add(new Route(method, List.of(path.split("/", -1)), answer, isOpen, isQuick, Set.of(parameters)));
        return this;
    }

    /** Finds what answers a request. */
    Match find(HttpMethod method, String uri, String accept, String body) throws Problem {
        QueryStringDecoder decoder = new QueryStringDecoder(uri);
        List<String> path = decoded(decoder.rawPath());
        Set<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Map<String, String> variables = route.match(path);
            if (variables == null) {
                continue;
            }
            if (method.equals(route.method)
                    || (method.equals(HttpMethod.HEAD) && route.method.equals(HttpMethod.GET))) {
                return new Match(route, new Request(variables, query(decoder, route), accept, body));
            }
            allowed.add(route.method.name());
        }
        if (!allowed.isEmpty()) {
            throw new Problem(
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    method.name() + " is not allowed here, " + String.join(", ", allowed) + " is");
        }
        throw Problem.notFound("there is nothing at this path");
    }

    private static List<String> decoded(String rawPath) throws Problem {
        try {
            // A plus stands for itself in a path.
            return Stream.of(rawPath.split("/", -1))
                    .map(part -> QueryStringDecoder.decodeComponent(part.replace("+", "%2B")))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("the path is not percent-encoded UTF-8");
        }
    }

    private static Map<String, String> query(QueryStringDecoder decoder, Route route) throws Problem {
        Map<String, List<String>> given;
        try {
            given = decoder.parameters();
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("the query is not percent-encoded UTF-8");
        }
        Map<String, String> query = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> parameter : given.entrySet()) {
            String name = parameter.getKey();
            if (!route.parameters.contains(name)) {
                throw Problem.badRequest(
                        route.parameters.isEmpty()
                                ? "this path has no query"
                                : "unknown parameter; known are " + String.join(", ", new TreeSet<>(route.parameters)));
            }
            if (parameter.getValue().size() > 1) {
                throw Problem.badRequest(name + " is given more than once");
            }
            query.put(name, parameter.getValue().get(0));
        }
        return query;
    }
}
