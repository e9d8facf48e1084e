package dev.heartbeat.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of other sites and without the token, on real sockets. */
@Timeout(60)
final class GuardTest {
    private static String ask(Fleet fleet, String method, String path, String... headers) throws Exception {
        return Raw.exchange(
                fleet.admin.adminAddress(),
                method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers)
                        + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }

    @Test
    void nameThatLeadsElsewhereIsNotServed() throws Exception {
        try (Fleet fleet = new Fleet(options -> options.allowedHosts("Ops.Example")).started()) {
            for (String host :
                    List.of("localhost", "LOCALHOST:80", "127.0.0.1:9", "[::1]:9", "ops.example", "192.0.2.7")) {
                assertThat(ask(fleet, "GET", "/health", "Host: " + host))
                        .as(host)
                        .startsWith("HTTP/1.1 200 ");
            }
            for (String host : List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "")) {
                assertThat(ask(fleet, "GET", "/health", "Host: " + host))
                        .as(host)
                        .startsWith("HTTP/1.1 421 ");
            }
            assertThat(ask(fleet, "GET", "/health", "X: y")).startsWith("HTTP/1.1 400 ");
            assertThat(ask(fleet, "GET", "/health", "Host: localhost", "Host: localhost"))
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void pagesOfOtherSitesAskInVain() throws Exception {
        try (Fleet fleet = new Fleet().started()) {
            fleet.node("n1", Map.of());
            for (String origin : List.of("http://evil.example", "null", "https://localhost", "http://localhost:1")) {
                assertThat(ask(fleet, "GET", "/api/nodes", "Host: localhost", "Origin: " + origin))
                        .as(origin)
                        .startsWith("HTTP/1.1 403 ");
            }
            assertThat(ask(fleet, "GET", "/api/nodes", "Host: localhost", "Origin: http://localhost"))
                    .startsWith("HTTP/1.1 200 ");
            for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "")) {
                assertThat(ask(fleet, "POST", "/api/nodes/n1/kick", "Host: localhost", "Content-Type: " + type))
                        .as(type)
                        .startsWith("HTTP/1.1 415 ");
            }
            assertThat(fleet.server.nodes().size()).isEqualTo(1);
        }
    }

    @Test
    void withoutTheTokenNothingButThePageIsShown() throws Exception {
        AtomicReference<String> token = new AtomicReference<>("geheim");
        try (Fleet fleet = new Fleet(options -> options.token(token::get)).started()) {
            for (String path : List.of("/health", "/api/nodes", "/api/stats", "/api/limits", "/api/events")) {
                assertThat(fleet.get(path).statusCode()).as(path).isEqualTo(401);
                assertThat(fleet.get(path, "Authorization", "Bearer geheime").statusCode())
                        .as(path)
                        .isEqualTo(401);
                assertThat(fleet.get(path, "Authorization", "Basic geheim").statusCode())
                        .as(path)
                        .isEqualTo(401);
            }
            assertThat(fleet.post("/api/drain", "{\"seconds\":0}").statusCode()).isEqualTo(401);
            for (String path : List.of("/", "/page.js", "/page.css", "/charts.js", "/icon.svg")) {
                assertThat(fleet.get(path).statusCode()).as(path).isEqualTo(200);
            }
            assertThat(fleet.get("/health", "Authorization", "bearer geheim").statusCode())
                    .isEqualTo(200);
            token.set(null);
            assertThat(fleet.get("/health", "Authorization", "Bearer null").statusCode())
                    .isEqualTo(500);
            token.set("other");
            assertThat(fleet.get("/health", "Authorization", "Bearer geheim").statusCode())
                    .isEqualTo(401);
            assertThat(fleet.get("/health", "Authorization", "Bearer other").statusCode())
                    .isEqualTo(200);
        }
    }
}
