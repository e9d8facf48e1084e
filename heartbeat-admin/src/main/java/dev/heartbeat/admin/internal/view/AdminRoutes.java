package dev.heartbeat.admin.internal.view;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeRegistry;
import dev.heartbeat.ServerState;
import dev.heartbeat.admin.internal.http.Json;
import dev.heartbeat.admin.internal.http.Problem;
import dev.heartbeat.admin.internal.http.Reply;
import dev.heartbeat.admin.internal.http.Request;
import dev.heartbeat.admin.internal.http.Routes;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The paths of the admin port: the page, what it reads, and what changes the server. */
public final class AdminRoutes {
    private static final long LONGEST_DRAIN_SECONDS = Duration.ofDays(30).toSeconds();
    private static final int LONGEST_REASON = 200;
    private static final int MOST_CHANNELS = 1000;
    private static final long LOOP_PATIENCE_MS = 1000;

    private final HeartbeatServer server;
    private final Limits limits;

    private AdminRoutes(HeartbeatServer server) {
        this.server = server;
        limits = new Limits(server);
    }

    public static Routes of(HeartbeatServer server, Health health, Live live) {
        AdminRoutes admin = new AdminRoutes(server);
        Routes routes = new Routes()
                .get("/health", request -> Reply.json(health.details()))
                .get("/api/nodes", admin::nodes, NodePages.parameters())
                .get("/api/nodes/{id}", admin::node)
                .get("/api/stats", admin::stats)
                .get("/api/limits", request -> Reply.json(admin.limits.shown()))
                .get("/api/events", request -> Reply.events(live.streams().reserve()))
                .post("/api/nodes/{id}/kick", admin::kick)
                .post("/api/drain", admin::drain)
                .post("/api/limits", admin::changeLimits);
        PageFiles.addTo(routes);
        return routes;
    }

    private void requireStarted() throws Problem {
        if (server.state() == ServerState.NEW) {
            throw new Problem(HttpResponseStatus.SERVICE_UNAVAILABLE, "the server has not started");
        }
    }

    private NodeRegistry registry() throws Problem {
        requireStarted();
        try {
            return server.nodes();
        } catch (IllegalStateException e) {
            throw new Problem(HttpResponseStatus.SERVICE_UNAVAILABLE, "the server never started");
        }
    }

    private Reply nodes(Request request) throws Problem {
        return Reply.json(new NodePages(registry()).page(request.query()));
    }

    private Reply node(Request request) throws Problem {
        Optional<Node> node = registry().find(request.variable("id"));
        if (node.isEmpty()) {
            throw Problem.notFound("no such node is known");
        }
        Map<String, Object> shown = NodePages.node(node.get());
        shown.put("channels", channels(node.get().id()));
        return Reply.json(shown);
    }

    /** Null where the node's event loop does not answer in time. */
    private @Nullable List<Map<String, String>> channels(String nodeId) {
        try {
            return server.channels(nodeId).get(LOOP_PATIENCE_MS, TimeUnit.MILLISECONDS).stream()
                    .limit(MOST_CHANNELS)
                    .map(channel -> Map.of(
                            "name", channel.name(), "state", channel.state().name()))
                    .toList();
        } catch (TimeoutException | ExecutionException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private Reply stats(Request request) throws Problem {
        registry();
        return Reply.json(Values.accessors(server.stats()));
    }

    private Reply kick(Request request) throws Problem {
        Map<String, Object> body = body(request, Set.of("reason"));
        Object reason = body.getOrDefault("reason", "kicked by an administrator");
        if (!(reason instanceof String text) || text.length() > LONGEST_REASON) {
            throw Problem.badRequest("reason is to be a text of at most " + LONGEST_REASON + " characters");
        }
        registry();
        if (!server.kick(request.variable("id"), text)) {
            throw Problem.notFound("no such node is registered");
        }
        return Reply.json(Map.of("kicked", true));
    }

    private Reply drain(Request request) throws Problem {
        Object given = body(request, Set.of("seconds")).get("seconds");
        long seconds = given instanceof Integer || given instanceof Long ? ((Number) given).longValue() : -1;
        if (seconds < 0 || seconds > LONGEST_DRAIN_SECONDS) {
            throw Problem.badRequest("seconds is to be a whole number, 0 to " + LONGEST_DRAIN_SECONDS);
        }
        registry();
        CompletableFuture<?> unused = server.shutdownAsync(Duration.ofSeconds(((Number) seconds).longValue()));
        return Reply.json(
                HttpResponseStatus.ACCEPTED, Map.of("state", server.state().name()));
    }

    private Reply changeLimits(Request request) throws Problem {
        registry();
        return Reply.json(limits.change(body(request, null)));
    }

    /** @param names that it may have; null for any */
    private static Map<String, Object> body(Request request, @Nullable Set<String> names) throws Problem {
        Map<String, Object> body = request.body().isEmpty() ? Map.of() : Json.object(request.body());
        for (String name : body.keySet()) {
            if (names != null && !names.contains(name)) {
                throw Problem.badRequest("the body has an unknown name; known are " + String.join(", ", names));
            }
        }
        return body;
    }
}
