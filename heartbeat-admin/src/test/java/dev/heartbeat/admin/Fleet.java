package dev.heartbeat.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.NodeState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A server on the loopback with what shows it, and some clients. */
final class Fleet implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final RecentEvents events = new RecentEvents();
    final HeartbeatServer server;
    final HeartbeatAdmin admin;
    private final List<HeartbeatClient> clients = new ArrayList<>();

    Fleet() {
        this(builder -> builder);
    }

    Fleet(UnaryOperator<HeartbeatAdmin.Builder> options) {
        server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .listener(events)
                .channel("logs", channel -> new dev.heartbeat.ChannelListener() {})
                .build();
        admin = options.apply(HeartbeatAdmin.builder(server)
                        .probes("127.0.0.1", 0)
                        .admin("127.0.0.1", 0)
                        .events(events))
                .start();
    }

    Fleet started() {
        server.start();
        return this;
    }

    HeartbeatClient node(String id, Map<String, String> metadata) throws Exception {
        HeartbeatClient.Builder builder = HeartbeatClient.builder()
                .server("127.0.0.1", server.localAddress().getPort())
                .nodeId(id);
        metadata.forEach(builder::metadata);
        HeartbeatClient client = builder.connect();
        clients.add(client);
        client.registered().get(10, java.util.concurrent.TimeUnit.SECONDS);
        await(() -> server.nodes()
                .find(id)
                .filter(node -> node.state() == NodeState.ONLINE)
                .isPresent());
        return client;
    }

    static void await(BooleanSupplier condition) {
        long endNs = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNs > 0) {
                throw new AssertionError("waited in vain");
            }
            Thread.onSpinWait();
        }
    }

    URI adminUri(String path) {
        return URI.create("http://127.0.0.1:" + admin.adminAddress().getPort() + path);
    }

    HttpResponse<String> probe(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + admin.probesAddress().getPort() + path)));
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(adminUri(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(adminUri(path))
                .POST(HttpRequest.BodyPublishers.ofString(body, UTF_8))
                .header("Content-Type", "application/json");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    static Map<String, Object> json(HttpResponse<String> response) throws IOException {
        return JSON.std.mapFrom(response.body());
    }

    @Override
    public void close() {
        clients.forEach(HeartbeatClient::close);
        admin.close();
        server.close();
    }
}
