package dev.heartbeat.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.cli.doctor.Finding.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found at servers that are well, gone, silent, or of another kind. */
@Tag("once")
@Timeout(30)
final class ServerChecksTest {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration BRIEF = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final List<Finding> found = new ArrayList<>();

    private void run(String host, int port, boolean tls, Duration wait) throws InterruptedException {
        run("doctor", host, port, tls, wait);
    }

    private void run(String id, String host, int port, boolean tls, Duration wait) throws InterruptedException {
        new ServerChecks(
                        host,
                        port,
                        tls ? host : null,
                        wait,
                        () -> HeartbeatClient.builder()
                                .host(host)
                                .port(port)
                                .nodeId(id)
                                .transport("nio"))
                .run(found::add);
    }

    private Finding last() {
        return found.get(found.size() - 1);
    }

    private static ServerSocket silent() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @Test
    void aServerThatIsWellAnswersAHeartbeat() throws InterruptedException {
        try (HeartbeatServer server = HeartbeatServer.builder()
                .host(LOOPBACK)
                .port(0)
                .transport("nio")
                .heartbeatInterval(Duration.ofMillis(50))
                .start()) {
            run(LOOPBACK, server.localAddress().getPort(), false, LONG);
            assertThat(server.nodes().find("doctor").orElseThrow().offlineReason())
                    .isEqualTo(OfflineReason.UNREGISTERED);
        }

        assertThat(found).extracting(Finding::subject).containsExactly("name", "connect", "register", "heartbeat");
        assertThat(found).extracting(Finding::verdict).containsOnly(Verdict.OK);
    }

    @Test
    void aHeartbeatThatIsNotAnsweredIsAFault() throws InterruptedException {
        Finding finding = ServerChecks.heartbeat(new CompletableFuture<>(), Duration.ofMillis(1));

        assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(finding.seen()).isEqualTo("not answered within 1.0 ms");
    }

    @Test
    void aHeartbeatThatIsAnsweredLateIsAWarning() throws InterruptedException {
        Finding finding = ServerChecks.heartbeat(CompletableFuture.completedFuture(Duration.ofMillis(1001)), LONG);

        assertThat(finding.verdict()).isEqualTo(Verdict.WARN);
    }

    @Test
    void anIdThatNoNodeCanHaveIsAFault() throws IOException, InterruptedException {
        try (ServerSocket silent = silent()) {
            run("a/b", LOOPBACK, silent.getLocalPort(), false, LONG);
        }

        assertThat(last().subject()).isEqualTo("register");
        assertThat(last().seen()).contains("node id has a character outside");
    }

    @Test
    void anUnknownNameIsTheEnd() throws InterruptedException {
        run("nobody.invalid", 9501, false, LONG);

        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.subject()).isEqualTo("name");
            assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
            assertThat(finding.seen()).contains("nobody.invalid");
        });
    }

    @Test
    void aPortWhereNobodyListensIsAFault() throws IOException, InterruptedException {
        int port;
        try (ServerSocket gone = silent()) {
            port = gone.getLocalPort();
        }
        run(LOOPBACK, port, false, LONG);

        assertThat(last().subject()).isEqualTo("connect");
        assertThat(last().verdict()).isEqualTo(Verdict.FAIL);
        assertThat(last().seen()).contains(LOOPBACK + ":" + port, "efused");
    }

    @Test
    void aServerThatAcceptsAndSaysNothingEndsAfterTheWait() throws IOException, InterruptedException {
        try (ServerSocket silent = silent()) {
            run(LOOPBACK, silent.getLocalPort(), false, BRIEF);
        }

        assertThat(last().subject()).isEqualTo("register");
        assertThat(last().verdict()).isEqualTo(Verdict.FAIL);
        assertThat(last().seen()).contains("not registered at " + LOOPBACK);
        assertThat(last().change()).contains("--tls");
    }

    @Test
    void aHandshakeThatIsNotAnsweredEndsAfterTheWait() throws IOException, InterruptedException {
        try (ServerSocket silent = silent()) {
            run(LOOPBACK, silent.getLocalPort(), true, BRIEF);
        }

        assertThat(last().subject()).isEqualTo("tls");
        assertThat(last().verdict()).isEqualTo(Verdict.FAIL);
        assertThat(last().seen()).contains("no handshake");
    }

    @Test
    void aServerWithoutTlsIsAFaultOfTheHandshake() throws InterruptedException {
        try (HeartbeatServer server = HeartbeatServer.builder()
                .host(LOOPBACK)
                .port(0)
                .transport("nio")
                .start()) {
            run(LOOPBACK, server.localAddress().getPort(), true, LONG);
        }

        assertThat(last().subject()).isEqualTo("tls");
        assertThat(last().verdict()).isEqualTo(Verdict.FAIL);
    }

    @ParameterizedTest
    @CsvSource({"-2, -1, FAIL", "1, 9, FAIL", "-1, 13, WARN", "-1, 15, OK"})
    void aCertificateIsJudgedByItsDays(int begin, int end, Verdict verdict) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");

        Finding finding =
                ServerChecks.judge("TLSv1.3", now.plus(Duration.ofDays(begin)), now.plus(Duration.ofDays(end)), now);

        assertThat(finding.verdict()).isEqualTo(verdict);
    }
}
