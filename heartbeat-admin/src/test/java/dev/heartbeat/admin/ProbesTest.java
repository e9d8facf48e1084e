package dev.heartbeat.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.HeartbeatException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Probes and metrics, on real sockets. */
@Timeout(60)
final class ProbesTest {
    @Test
    void readyFollowsTheServerAndLiveDoesNot() throws Exception {
        try (Fleet fleet = new Fleet()) {
            assertProbe(fleet, "/health/ready", 503);
            assertProbe(fleet, "/health/live", 200);
            fleet.started();
            assertProbe(fleet, "/health/ready", 200);
            fleet.node("n1", Map.of());
            // A handler that does not return holds the drain up.
            CompletableFuture<Void> stopped = fleet.server.shutdownAsync(Duration.ofSeconds(30));
            assertProbe(fleet, "/health/ready", 503);
            assertProbe(fleet, "/health/live", 200);
            stopped.join();
            assertProbe(fleet, "/health/ready", 503);
            assertProbe(fleet, "/health/live", 200);
        }
    }

    private static void assertProbe(Fleet fleet, String path, int status) throws Exception {
        HttpResponse<String> response = fleet.probe(path);
        assertThat(response.statusCode()).as(path).isEqualTo(status);
        assertThat(Fleet.json(response)).containsOnly(Map.entry("status", status == 200 ? "UP" : "DOWN"));
    }

    @Test
    void metricsAreThoseOfTheServer() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            fleet.node("n1", Map.of());
            HttpResponse<String> response = fleet.probe("/metrics");
            assertThat(response.headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
            assertThat(response.body()).contains("heartbeat_nodes{state=\"online\"} 1.0");
        }
    }

    @Test
    void metricsOfAServerThatHasNotStartedAreNoFault() throws Exception {
        try (Fleet fleet = new Fleet()) {
            assertThat(fleet.probe("/metrics").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void nothingOfTheAdminPortIsThere() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            for (String path : new String[] {"/", "/health", "/api/nodes", "/api/stats", "/metrics/", "//metrics"}) {
                HttpResponse<String> response = fleet.probe(path);
                assertThat(response.statusCode()).as(path).isEqualTo(404);
                assertThat(Fleet.json(response)).containsOnlyKeys("error");
            }
            assertThat(fleet.probe("/metrics?x=1").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void portThatIsTakenIsOneErrorAndNoPortStaysOpen() throws Exception {
        try (ServerSocket taken = new ServerSocket(0);
                Fleet fleet = new Fleet()) {
            int free;
            try (ServerSocket socket = new ServerSocket(0)) {
                free = socket.getLocalPort();
            }
            assertThatThrownBy(() -> HeartbeatAdmin.builder(fleet.server)
                            .probes("127.0.0.1", free)
                            .admin("127.0.0.1", taken.getLocalPort())
                            .start())
                    .isInstanceOf(HeartbeatException.class)
                    .hasMessageContaining("cannot listen on /127.0.0.1:" + taken.getLocalPort());
            new ServerSocket(free).close();
        }
    }
}
