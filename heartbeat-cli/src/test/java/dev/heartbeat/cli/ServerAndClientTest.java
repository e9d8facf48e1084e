package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The two commands as processes, which is the only way to see their signals and statuses. */
@Timeout(60)
class ServerAndClientTest {

    @Test
    void theServerTellsWhatBecomesOfTheClientsAndBothStopInOrder() throws Exception {
        try (CommandProcess server = server();
                CommandProcess client =
                        client(server, "--node-id", "one", "--metadata", "zone=a", "--stats-every=200ms")) {
            EventLine online = server.next("online");
            assertThat(online.text("node")).isEqualTo("one");
            // Text: it is larger than the integers that JavaScript or jq can distinguish.
            assertThat(online.text("epoch")).matches("[1-9][0-9]*");
            assertThat(client.next("registered").text("epoch")).isEqualTo(online.text("epoch"));
            assertThat(client.next("stats").number("nodes")).isEqualTo(1);

            client.terminate();
            EventLine offline = server.next("offline");
            assertThat(offline.text("reason")).isEqualTo("UNREGISTERED");
            assertThat(offline.time()).isAfter(online.time());
            assertThat(client.awaitStatus()).isZero();

            server.terminate();
            assertThat(server.next("stopped").time()).isAfter(offline.time());
            assertThat(server.awaitStatus()).isZero();
            assertThat(server.errors()).isEmpty();
        }
    }

    @Test
    void clientOfSeveralServersFindsTheOneThatIsThere() throws Exception {
        try (CommandProcess server = server();
                CommandProcess client = new CommandProcess(
                        "client",
                        "--node-id=one",
                        "--reconnect-base=10ms",
                        "--servers=127.0.0.1:1,127.0.0.1:"
                                + (int) server.next("listening").number("port"))) {
            assertThat(server.next("online").text("node")).isEqualTo("one");
            assertThat(client.next("disconnected").text("reason")).isEqualTo("CONNECT_FAILED");
        }
    }

    @Test
    void aKilledProcessIsNoticedNodeByNode() throws Exception {
        try (CommandProcess server = server("--grace", "300ms");
                CommandProcess client = client(server, "--node-id-prefix", "n", "--count", "3", "--quiet")) {
            assertThat(List.of(server.next("online"), server.next("online"), server.next("online")))
                    .extracting(line -> line.text("node"))
                    .containsExactlyInAnyOrder("n1", "n2", "n3");

            client.process().destroyForcibly();

            assertThat(server.next("suspect").text("reason")).isEqualTo("LOST");
            assertThat(List.of(server.next("offline"), server.next("offline"), server.next("offline")))
                    .extracting(line -> line.text("reason"))
                    .containsOnly("CLOSED");
        }
    }

    @Test
    void nodesShareConnections() throws Exception {
        try (CommandProcess server = server("--quiet", "--stats-every=200ms");
                CommandProcess client = client(
                        server,
                        "--node-id-prefix=n",
                        "--connections=3",
                        "--nodes-per-connection=100",
                        "--quiet",
                        "--stats-every=200ms")) {
            EventLine seen = server.next("stats");
            while (seen.number("online") < 300) {
                seen = server.next("stats");
            }
            assertThat(seen.number("connections")).isEqualTo(3);
            EventLine own = client.next("stats");
            while (own.number("online") < 300) {
                own = client.next("stats");
            }
            assertThat(own.number("nodes")).isEqualTo(300);
            assertThat(own.number("registrations")).isEqualTo(300);

            client.terminate();
            assertThat(client.awaitStatus()).isZero();
            while (seen.number("online") > 0) {
                seen = server.next("stats");
            }
            assertThat(seen.number("suspect")).isZero();
        }
    }

    @Test
    void aQuietServerTellsNumbersOnly() throws Exception {
        try (CommandProcess server = server("--quiet", "--stats-every=300ms", "--measure-heap");
                CommandProcess client = client(server, "--count=500", "--quiet")) {
            EventLine stats = server.next("stats");
            while (stats.number("online") < 500 || !stats.has("heapBytesPerNode")) {
                stats = server.next("stats");
            }
            assertThat(stats.number("heapBytesPerNode")).isBetween(100.0, 20_000.0);
            assertThat(stats.number("heapUsedBytes")).isPositive();
            server.terminate();
            assertThat(server.rest()).noneMatch(line -> line.contains("\"online\",\"node\""));
        }
    }

    @Test
    void aPortInUseIsOneLine() throws Exception {
        try (CommandProcess first = new CommandProcess("server", "--host=127.0.0.1", "--port=0")) {
            String port = String.valueOf((int) first.next("listening").number("port"));
            try (CommandProcess second = new CommandProcess("server", "--host=127.0.0.1", "--port=" + port)) {
                assertThat(second.awaitStatus()).isEqualTo(1);
                assertThat(second.rest()).isEmpty();
                assertThat(second.errors().lines()).singleElement().asString().contains("127.0.0.1", port);
            }
        }
    }

    @Test
    void aClientWithoutAServerTriesOn() throws Exception {
        try (CommandProcess client =
                new CommandProcess("client", "--port=1", "--reconnect-base=50ms", "--reconnect-cap=50ms")) {
            assertThat(client.next("disconnected").text("reason")).isEqualTo("CONNECT_FAILED");
            assertThat(client.next("disconnected").number("retryInMs")).isLessThanOrEqualTo(50);
            client.terminate();
            assertThat(client.awaitStatus()).isZero();
        }
    }

    @Test
    void aServerThatNobodyReadsStops() throws Exception {
        try (CommandProcess server = server("--stats-every=100ms")) {
            server.process().getInputStream().close();

            assertThat(server.awaitStatus()).isEqualTo(1);
            assertThat(server.errors()).contains("nobody reads");
        }
    }

    private static CommandProcess server(String... more) throws Exception {
        return new CommandProcess(concat(
                List.of("server", "--host=127.0.0.1", "--port=0", "--interval=200ms", "--suspect=1s", "--timeout=2s"),
                more));
    }

    private static CommandProcess client(CommandProcess server, String... more) throws Exception {
        String port = "--port=" + (int) server.next("listening").number("port");
        return new CommandProcess(concat(List.of("client", port), more));
    }

    private static String[] concat(List<String> first, String... more) {
        return Stream.concat(first.stream(), Arrays.stream(more)).toArray(String[]::new);
    }
}
