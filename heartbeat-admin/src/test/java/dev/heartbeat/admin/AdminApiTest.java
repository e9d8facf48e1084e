package dev.heartbeat.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.NodeState;
import dev.heartbeat.ServerState;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API of the admin port, on real sockets. */
@Timeout(60)
final class AdminApiTest {
    private static final String MARKUP = "<img src=x onerror=alert(1)>";

    @Test
    void nodesComeInPagesByTheOrderOfTheirIds() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            for (String id : List.of("c", "a", "e", "b", "d")) {
                fleet.node(id, Map.of());
            }
            List<String> seen = new ArrayList<>();
            String after = "";
            for (int page = 0; page < 3; page++) {
                Map<String, Object> answer = Fleet.json(fleet.get("/api/nodes?limit=2" + after));
                seen.addAll(ids(answer));
                after = "&after=" + answer.get("next");
                assertThat(answer.get("next") == null).isEqualTo(page == 2);
            }
            assertThat(seen).containsExactly("a", "b", "c", "d", "e");
            assertThat(ids(Fleet.json(fleet.get("/api/nodes?after=zzz")))).isEmpty();
        }
    }

    @SuppressWarnings("unchecked")
    private static List<String> ids(Map<String, Object> page) {
        return ((List<Map<String, Object>>) page.get("nodes"))
                .stream().map(node -> (String) node.get("id")).toList();
    }

    @Test
    void nodesAreChosenByStateGroupMetadataAndPrefix() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            fleet.node("eu-1", Map.of("zone", "eu", "group", "pumps"));
            fleet.node("eu-2", Map.of("zone", "eu"));
            fleet.node("us-1", Map.of("zone", "us", "group", "pumps")).close();
            Fleet.await(() -> fleet.server.nodes().count(NodeState.OFFLINE) == 1);
            assertThat(ids(Fleet.json(fleet.get("/api/nodes?state=OFFLINE")))).containsExactly("us-1");
            assertThat(ids(Fleet.json(fleet.get("/api/nodes?state=online")))).containsExactly("eu-1", "eu-2");
            assertThat(ids(Fleet.json(fleet.get("/api/nodes?metadata=zone%3Deu"))))
                    .containsExactly("eu-1", "eu-2");
            assertThat(ids(Fleet.json(fleet.get("/api/nodes?prefix=us-")))).containsExactly("us-1");
            assertThat(ids(Fleet.json(fleet.get("/api/nodes?group="
                            + fleet.server
                                    .nodes()
                                    .find("eu-1")
                                    .orElseThrow()
                                    .metadata()
                                    .get("group")))))
                    .containsExactly("eu-1");
        }
    }

    @Test
    void oneNodeIsShownWithItsMetadataAndChannels() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            HeartbeatClient client = fleet.node("a:b.c", Map.of("note", MARKUP));
            client.openChannel("logs", ChannelOptions.defaults(), new ChannelListener() {})
                    .opened()
                    .join();
            HttpResponse<String> response = fleet.get("/api/nodes/"
                    + URLEncoder.encode("a:b.c", StandardCharsets.UTF_8).replace("+", "%20"));
            assertThat(Fleet.json(response))
                    .containsEntry("id", "a:b.c")
                    .containsEntry("state", "ONLINE")
                    .containsEntry("metadata", Map.of("note", MARKUP))
                    .containsEntry("channels", List.of(Map.of("name", "logs", "state", "OPEN")));
            assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
            assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
            assertThat(fleet.get("/api/nodes/nobody").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void kickedNodeStaysAway() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            HeartbeatClient client = fleet.node("n1", Map.of());
            assertThat(fleet.post("/api/nodes/n1/kick", "{\"reason\":\"replaced\"}")
                            .statusCode())
                    .isEqualTo(200);
            Fleet.await(() -> client.state() == ClientState.CLOSED);
            assertThat(fleet.post("/api/nodes/n1/kick", "").statusCode()).isEqualTo(404);
            assertThat(fleet.post("/api/nodes/n1/kick", "{\"reason\":7}").statusCode())
                    .isEqualTo(400);
            assertThat(fleet.post("/api/nodes/n1/kick", "{\"why\":\"x\"}").statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void limitsChangeAllOrNone() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            assertThat(Fleet.json(fleet.get("/api/limits"))).containsKey("maxUnregistered");
            HttpResponse<String> changed = fleet.post(
                    "/api/limits", "{\"maxUnregistered\":77,\"denyFrom\":\"192.0.2.0/24\",\"banTime\":\"PT7S\"}");
            assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
            assertThat(fleet.server.options().maxUnregistered()).isEqualTo(77);
            assertThat(fleet.server.options().banTime()).hasSeconds(7);
            for (String bad : List.of(
                    "{\"maxUnregistered\":78,\"nonsense\":1}",
                    "{\"maxUnregistered\":78,\"port\":1}",
                    "{\"maxUnregistered\":78,\"banTime\":\"soon\"}",
                    "{\"maxUnregistered\":78,\"banTime\":null}",
                    "{\"maxUnregistered\":-1}",
                    "{\"maxUnregistered\":1e30}",
                    "{\"maxUnregistered\":\"78\"}",
                    "{\"maxUnregistered\":78,\"denyFrom\":\"192.0.2.0/99\"}",
                    "[1]",
                    "{")) {
                HttpResponse<String> response = fleet.post("/api/limits", bad);
                assertThat(response.statusCode()).as(bad).isEqualTo(400);
                assertThat(Fleet.json(response)).as(bad).containsOnlyKeys("error");
                assertThat(fleet.server.options().maxUnregistered()).as(bad).isEqualTo(77);
            }
        }
    }

    @Test
    void drainStopsTheServer() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            assertThat(fleet.post("/api/drain", "{\"seconds\":-1}").statusCode())
                    .isEqualTo(400);
            assertThat(fleet.post("/api/drain", "{}").statusCode()).isEqualTo(400);
            assertThat(fleet.server.state()).isEqualTo(ServerState.RUNNING);
            assertThat(fleet.post("/api/drain", "{\"seconds\":5}").statusCode()).isEqualTo(202);
            Fleet.await(() -> fleet.server.state() == ServerState.STOPPED);
            assertThat(Fleet.json(fleet.get("/health"))).containsEntry("ready", false);
        }
    }

    @Test
    void statsHaveEachGroup() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            fleet.node("n1", Map.of());
            assertThat(Fleet.json(fleet.get("/api/stats")))
                    .containsOnlyKeys(
                            "callbacks",
                            "channels",
                            "connections",
                            "distribution",
                            "liveness",
                            "loops",
                            "massGuard",
                            "messages",
                            "overload")
                    .extractingByKey("liveness")
                    .asString()
                    .contains("online=1");
        }
    }

    @Test
    void beforeTheStartEveryAnswerSaysSo() throws Exception {
        try (Fleet fleet = new Fleet()) {
            for (String path : List.of("/api/nodes", "/api/nodes/n1", "/api/stats")) {
                assertThat(fleet.get(path).statusCode()).as(path).isEqualTo(503);
            }
            assertThat(fleet.post("/api/drain", "{\"seconds\":1}").statusCode()).isEqualTo(503);
            assertThat(Fleet.json(fleet.get("/health"))).containsEntry("state", "NEW");
            assertThat(fleet.get("/").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/nodes?state=GONE, 400",
        "/api/nodes?limit=0, 400",
        "/api/nodes?limit=1001, 400",
        "/api/nodes?limit=x, 400",
        "/api/nodes?page=3, 400",
        "/api/nodes?state=ONLINE&state=OFFLINE, 400",
        "/api/nodes?metadata=zone, 400",
        "/api/nodes?prefix=%zz, 400",
        "/api/nodes/%zz, 400",
        "/api/nope, 404",
        "/../etc/passwd, 404",
        "/page.css/, 404",
    })
    void badRequestIsOneError(String path, int status) throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            String answer = Raw.exchange(
                    fleet.admin.adminAddress(),
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("{\"error\":\"");
            assertThat(fleet.get("/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void methodThatIsNotAllowedIsRefused() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            HttpRequest.Builder delete =
                    HttpRequest.newBuilder(fleet.adminUri("/api/nodes/n1")).DELETE();
            assertThat(Fleet.send(delete).statusCode()).isEqualTo(405);
            assertThat(fleet.get("/api/drain").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void adminBeyondTheLoopbackNeedsTlsAndToken() {
        try (Fleet fleet = new Fleet()) {
            assertThatThrownBy(() -> HeartbeatAdmin.builder(fleet.server)
                            .admin("0.0.0.0", 0)
                            .token(() -> "t")
                            .start())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("needs tls and a token");
            assertThatThrownBy(() -> HeartbeatAdmin.builder(fleet.server).start())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("neither probes nor admin");
            assertThatThrownBy(() -> HeartbeatAdmin.builder(fleet.server).probes("127.0.0.1", 65536))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("port of probes is 65536, allowed is 0 to 65535");
        }
    }
}
