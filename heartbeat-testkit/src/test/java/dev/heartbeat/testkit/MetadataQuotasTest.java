package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.NodeState;
import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Grant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The nodes of one principal, and of one address, have so many bytes of metadata and no more. */
@Tag("M117")
final class MetadataQuotasTest {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final int MOST = 3;
    /** A thousand bytes of text, which take a few more. */
    private static final Map<String, String> LARGE = Map.of("k", "v".repeat(1000));

    private static final Map<String, String> LARGER = Map.of("k", "v".repeat(1100));
    private static final int BYTES = MOST * 1060 + 100;

    private int seed = 731;

    private Bus bus(UnaryOperator<HeartbeatServer.Builder> options) {
        return new Bus(seed++, 2, options);
    }

    private Bus perAddress() {
        return bus(options -> options.maxMetadataBytesPerAddress(BYTES).grace(Duration.ofSeconds(30)));
    }

    private static String principalOf(Applicant applicant) {
        byte[] credential = applicant.credential();
        return credential == null ? "nobody" : new String(credential, UTF_8);
    }

    private static HeartbeatClient connect(Bus bus, Host host, String id, Map<String, String> metadata) {
        return connect(bus, host, id, metadata, "p");
    }

    private static HeartbeatClient connect(
            Bus bus, Host host, String id, Map<String, String> metadata, String principal) {
        HeartbeatClient client = bus.client(host, id)
                .plaintextCredentials(true)
                .credential(principal.getBytes(UTF_8))
                .metadata(metadata)
                .reconnectBase(RETRY)
                .reconnectCap(RETRY)
                .connect();
        bus.advance(SOON);
        return client;
    }

    private static List<HeartbeatClient> fill(Bus bus, Host host, String prefix) {
        List<HeartbeatClient> clients = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            clients.add(connect(bus, host, prefix + i, LARGE));
        }
        assertThat(clients).allMatch(MetadataQuotasTest::isOnline);
        return clients;
    }

    private static boolean isOnline(HeartbeatClient client) {
        return client.state() == ClientState.ONLINE;
    }

    /** Exactly as much as may be finds room, so that neither too much nor too little was given back. */
    private static void requireAllFree(Bus bus, Host host) {
        List<HeartbeatClient> clients = fill(bus, host, "again");
        HeartbeatClient tooMany = connect(bus, host, "tooMany", LARGE);
        assertThat(isOnline(tooMany)).isFalse();
        tooMany.closeAsync();
        clients.forEach(HeartbeatClient::closeAsync);
        bus.advance(SOON);
    }

    private static Map<String, String> metadataOf(Bus bus, String id) {
        return bus.server.nodes().find(id).orElseThrow().metadata();
    }

    @Test
    void metadataTooManyOfAnAddressAreRefusedUntilSomeAreGone() {
        Bus bus = perAddress();
        Host host = bus.world.newHost("crowd");
        List<HeartbeatClient> clients = fill(bus, host, "n");
        HeartbeatClient late = connect(bus, host, "late", LARGE);
        assertThat(isOnline(late)).isFalse();
        assertThat(bus.server.stats().connections().errorsSent()).containsOnlyKeys("NODE_CAPACITY");
        assertThat(bus.server.stats().liveness().refusedByQuota()).isPositive();
        assertThat(isOnline(connect(bus, host, "plain", Map.of()))).isTrue();
        assertThat(isOnline(connect(bus, bus.world.newHost("other"), "other", LARGE)))
                .isTrue();

        clients.get(0).updateMetadata(Map.of());
        bus.advance(Duration.ofSeconds(3));
        assertThat(isOnline(late)).isTrue();
    }

    @Test
    void metadataTooManyOfAPrincipalAreRefusedWhereverTheyAre() {
        Bus bus = bus(options -> options.maxMetadataBytesPerPrincipal(BYTES)
                .authenticator(applicant -> completedFuture(Grant.to(principalOf(applicant)))));
        fill(bus, bus.world.newHost("one"), "n");
        Host other = bus.world.newHost("other");
        assertThat(isOnline(connect(bus, other, "late", LARGE))).isFalse();
        assertThat(isOnline(connect(bus, other, "n9", LARGE, "q"))).isTrue();
    }

    @Test
    void changeThatIsTooLongLeavesTheMetadataAsTheyWere() {
        Bus bus = perAddress();
        Host host = bus.world.newHost("crowd");
        List<HeartbeatClient> clients = fill(bus, host, "n");
        HeartbeatClient plain = connect(bus, host, "plain", Map.of());
        plain.updateMetadata(LARGE);
        clients.get(0).updateMetadata(LARGER);
        bus.advance(SOON);
        assertThat(metadataOf(bus, "plain")).isEmpty();
        assertThat(isOnline(plain)).isTrue();
        assertThat(metadataOf(bus, "n0")).as("there were a few bytes left").isEqualTo(LARGER);
        clients.get(1).updateMetadata(LARGER);
        bus.advance(SOON);
        assertThat(metadataOf(bus, "n1")).isEqualTo(LARGE);
        assertThat(bus.server.stats().connections().errorsSent()).containsOnlyKeys("NODE_CAPACITY");

        clients.forEach(HeartbeatClient::closeAsync);
        plain.closeAsync();
        bus.advance(SOON);
        requireAllFree(bus, host);
    }

    /** With no more metadata than it had, whatever became of the rest of the room. */
    @Test
    void nodeThatComesBackIsRefusedOnlyWithMoreMetadata() {
        Bus bus = perAddress();
        Host host = bus.world.newHost("crowd");
        List<HeartbeatClient> clients = fill(bus, host, "n");
        clients.get(0).updateMetadata(LARGER);
        bus.advance(SOON);
        for (int round = 0; round < 3; round++) {
            host.resetConnections();
            bus.advance(Duration.ofSeconds(1));
            assertThat(clients).allMatch(MetadataQuotasTest::isOnline);
        }

        bus.serverHost.refuseConnects(true);
        host.resetConnections();
        bus.advance(SOON);
        clients.get(1).updateMetadata(LARGER);
        bus.serverHost.refuseConnects(false);
        bus.advance(Duration.ofSeconds(10));
        assertThat(isOnline(clients.get(1))).isFalse();
        assertThat(bus.server.nodes().count(NodeState.SUSPECT)).isEqualTo(1);
        clients.get(2).closeAsync();
        bus.advance(Duration.ofSeconds(3));
        assertThat(isOnline(clients.get(1))).isTrue();
        assertThat(metadataOf(bus, "n1")).isEqualTo(LARGER);
    }

    /** Whatever happened: changes, reconnects, takeovers, ends of every kind. */
    @Test
    void whatIsTakenIsGivenBack() {
        Bus bus = perAddress();
        Host host = bus.world.newHost("crowd");
        RandomGenerator random = bus.world.random();
        List<HeartbeatClient> clients = new ArrayList<>();
        for (int step = 0; step < 200; step++) {
            int which = random.nextInt(6);
            Map<String, String> metadata = Map.of("k", "v".repeat(random.nextInt(1500)));
            switch (random.nextInt(5)) {
                case 0, 1 -> clients.add(connect(bus, host, "n" + which, metadata));
                case 2 -> host.resetConnections();
                case 3 -> bus.server.kick("n" + which, "because");
                default -> clients.forEach(client -> client.updateMetadata(metadata));
            }
            bus.advance(SOON);
            long bytes = bus.server.nodes().stream()
                    .filter(node -> node.state() != NodeState.OFFLINE)
                    .mapToLong(node -> node.metadata().getOrDefault("k", "").length())
                    .sum();
            assertThat(bytes).isLessThanOrEqualTo(BYTES);
        }
        clients.forEach(HeartbeatClient::closeAsync);
        bus.advance(Duration.ofSeconds(60));
        requireAllFree(bus, host);
    }
}
