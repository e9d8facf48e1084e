package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeState;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One principal, and one address, has so many nodes and no more; the others have nothing to do with it. */
@Tag("M117")
final class NodeQuotasTest {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final int MOST = 3;

    private int seed = 181;

    private Bus bus(UnaryOperator<HeartbeatServer.Builder> options) {
        return new Bus(seed++, 2, options);
    }

    private Bus perAddress() {
        return bus(options -> options.maxNodesPerAddress(MOST));
    }

    /** Everybody is the principal that its credential names. */
    private Bus perPrincipal() {
        return bus(options -> options.maxNodesPerPrincipal(MOST)
                .authenticator(applicant ->
                        completedFuture(Grant.to(principalOf(applicant)).attaching("*"))));
    }

    private static String principalOf(Applicant applicant) {
        byte[] credential = applicant.credential();
        return credential == null ? "nobody" : new String(credential, UTF_8);
    }

    private static HeartbeatClient connect(Bus bus, Host host, String id) {
        return connect(bus, host, id, "p");
    }

    private static HeartbeatClient connect(Bus bus, Host host, String id, String principal) {
        HeartbeatClient client = bus.client(host, id)
                .plaintextCredentials(true)
                .credential(principal.getBytes(UTF_8))
                .reconnectBase(RETRY)
                .reconnectCap(RETRY)
                .connect();
        bus.advance(SOON);
        return client;
    }

    /** As many as may be. */
    private static List<HeartbeatClient> fill(Bus bus, Host host, String prefix) {
        List<HeartbeatClient> clients = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            clients.add(connect(bus, host, prefix + i));
        }
        assertThat(clients).allMatch(client -> client.state() == ClientState.ONLINE);
        return clients;
    }

    /** Exactly as many as may be find room, so that neither too much nor too little was given back. */
    private static void requireAllFree(Bus bus, Host host) {
        List<HeartbeatClient> clients = fill(bus, host, "again");
        HeartbeatClient tooMany = connect(bus, host, "tooMany");
        assertThat(tooMany.state()).isNotEqualTo(ClientState.ONLINE);
        tooMany.closeAsync();
        clients.forEach(HeartbeatClient::closeAsync);
        bus.advance(SOON);
    }

    @Test
    void oneNodeTooManyOfAnAddressIsRefusedUntilOneLeaves() {
        Bus bus = perAddress();
        Host host = bus.world.newHost("crowd");
        List<HeartbeatClient> clients = fill(bus, host, "n");
        HeartbeatClient tooMany = connect(bus, host, "late");
        assertThat(tooMany.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(bus.server.nodes().find("late")).isEmpty();
        assertThat(bus.server.stats().connections().errorsSent()).containsOnlyKeys("NODE_CAPACITY");
        assertThat(connect(bus, bus.world.newHost("other"), "other").state()).isEqualTo(ClientState.ONLINE);

        clients.get(0).closeAsync();
        bus.advance(Duration.ofSeconds(3));
        assertThat(tooMany.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(MOST + 1);
    }

    @Test
    void oneNodeTooManyOfAPrincipalIsRefusedWhereverItIs() {
        Bus bus = perPrincipal();
        fill(bus, bus.world.newHost("one"), "n");
        Host other = bus.world.newHost("other");
        assertThat(connect(bus, other, "late").state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(connect(bus, other, "n9", "q").state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void nodesOfGatewaysCountAndTheGatewayStays() {
        Bus bus = perPrincipal();
        Host host = bus.world.newHost("gateway");
        HeartbeatClient gateway = connect(bus, host, "gw");
        List<AttachedNode> attached = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            attached.add(gateway.attach("s" + i, Map.of(), new AttachedRecorder()));
        }
        bus.advance(SOON);
        assertThat(attached)
                .extracting(AttachedNode::state)
                .filteredOn(state -> state == AttachedNodeState.REGISTERED)
                .hasSize(MOST - 1);
        assertThat(gateway.state()).isEqualTo(ClientState.ONLINE);

        var unused = attached.get(0).detachAsync();
        bus.advance(Duration.ofSeconds(5));
        assertThat(attached.get(MOST - 1).state()).isEqualTo(AttachedNodeState.REGISTERED);
        gateway.closeAsync();
        bus.advance(Duration.ofSeconds(5));
        requireAllFree(bus, host);
    }

    /** A node in its grace counts, and may come back, whatever became of its place. */
    @Test
    void nodeThatComesBackIsNeverRefused() {
        Bus bus = bus(options -> options.maxNodesPerAddress(MOST).grace(Duration.ofSeconds(30)));
        Host host = bus.world.newHost("crowd");
        List<HeartbeatClient> clients = fill(bus, host, "n");
        for (int round = 0; round < 3; round++) {
            host.resetConnections();
            bus.advance(Duration.ofSeconds(1));
            assertThat(clients).allMatch(client -> client.state() == ClientState.ONLINE);
        }
        assertThat(connect(bus, host, "late").state()).isNotEqualTo(ClientState.ONLINE);

        bus.serverHost.refuseConnects(true);
        host.resetConnections();
        bus.advance(Duration.ofSeconds(10));
        assertThat(bus.server.nodes().count(NodeState.SUSPECT)).isEqualTo(MOST);
        bus.serverHost.refuseConnects(false);
        bus.advance(Duration.ofSeconds(10));
        assertThat(clients).allMatch(client -> client.state() == ClientState.ONLINE);
        clients.forEach(HeartbeatClient::closeAsync);
        bus.advance(Duration.ofSeconds(5));
        assertThat(bus.server.nodes().find("late").orElseThrow().state()).isEqualTo(NodeState.ONLINE);
    }

    /** Even from an address that is full: it counts there from now on. */
    @Test
    void nodeThatComesBackFromElsewhereIsNeverRefused() {
        Bus bus = bus(options -> options.maxNodesPerAddress(MOST).grace(Duration.ofSeconds(30)));
        Host host = bus.world.newHost("before");
        Host full = bus.world.newHost("full");
        register(bus, host, 1);
        List<HeartbeatClient> clients = fill(bus, full, "n");
        register(bus, full, 2);
        fill(bus, host, "m");

        clients.get(0).closeAsync();
        bus.advance(SOON);
        assertThat(connect(bus, full, "late").state()).isNotEqualTo(ClientState.ONLINE);
    }

    private static void register(Bus bus, Host host, int attempt) {
        ScriptedPeer peer = ScriptedPeer.client(host.transport(), bus.server.localAddress());
        peer.connect().register("moving", 7, attempt).expectRegistered();
        peer.play();
        bus.advance(SOON);
        peer.verify();
    }

    /** What one of both has counted is given back if the other refuses. */
    @Test
    void nodeThatItsAddressRefusesCountsForNobody() {
        Bus bus = bus(options -> options.maxNodesPerAddress(MOST)
                .maxNodesPerPrincipal(MOST)
                .authenticator(applicant -> completedFuture(Grant.to(principalOf(applicant)))));
        Host full = bus.world.newHost("full");
        for (int i = 0; i < MOST; i++) {
            connect(bus, full, "q" + i, "q");
        }
        HeartbeatClient refused = connect(bus, full, "late");
        bus.advance(Duration.ofSeconds(10));
        assertThat(refused.state()).isNotEqualTo(ClientState.ONLINE);
        refused.closeAsync();
        requireAllFree(bus, bus.world.newHost("other"));
    }

    @Test
    void timeOfTheGraceGivesThePlacesBack() {
        Bus bus = perAddress();
        Host host = bus.world.newHost("crowd");
        List<HeartbeatClient> clients = fill(bus, host, "n");
        bus.world.isolate(host);
        bus.advance(Duration.ofSeconds(20));
        assertThat(bus.server.nodes().count(NodeState.OFFLINE)).isEqualTo(MOST);
        clients.forEach(HeartbeatClient::closeAsync);
        bus.world.rejoin(host);
        bus.advance(Duration.ofSeconds(5));
        requireAllFree(bus, host);
    }

    /** Another process of an id: where there is room for it, the older stay ends; else it goes on. */
    @Test
    void takeoverCountsWhereItComesFrom() {
        Bus bus = perAddress();
        Host host = bus.world.newHost("crowd");
        Host other = bus.world.newHost("other");
        List<HeartbeatClient> clients = fill(bus, host, "n");
        HeartbeatClient elsewhere = connect(bus, other, "elsewhere");

        HeartbeatClient second = connect(bus, host, "n0");
        assertThat(second.state()).isEqualTo(ClientState.ONLINE);
        assertThat(clients.get(0).state()).isEqualTo(ClientState.CLOSED);

        HeartbeatClient refused = connect(bus, host, "elsewhere");
        assertThat(refused.state()).isNotEqualTo(ClientState.ONLINE);
        assertThat(bus.server.stats().liveness().refusedByQuota())
                .isEqualTo(bus.server.stats().liveness().registrationsRefused())
                .isPositive();
        assertThat(elsewhere.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("elsewhere")).containsExactly("ONLINE");
        refused.closeAsync();

        HeartbeatClient moved = connect(bus, other, "n0");
        assertThat(moved.state()).isEqualTo(ClientState.ONLINE);
        assertThat(connect(bus, host, "n9").state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void kickedNodeAndRefusedMetadataGiveTheirPlacesBack() {
        Bus bus = bus(options -> options.maxNodesPerAddress(MOST).registrationBudgetBytes(1 << 16));
        Host host = bus.world.newHost("crowd");
        List<HeartbeatClient> refused = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            refused.add(bus.client(bus.world.newHost("large"), "large" + i)
                    .metadata(Map.of("k", "v".repeat(4000)))
                    .autoReconnect(false)
                    .connect());
        }
        bus.advance(SOON);
        assertThat(bus.server.stats().connections().errorsSent()).containsKey("NODE_CAPACITY");
        for (int i = 0; i < MOST; i++) {
            bus.client(host, "more" + i)
                    .metadata(Map.of("k", "v".repeat(4000)))
                    .autoReconnect(false)
                    .connect();
        }
        bus.advance(SOON);
        refused.forEach(HeartbeatClient::closeAsync);
        bus.advance(Duration.ofSeconds(5));

        fill(bus, host, "n");
        for (int i = 0; i < MOST; i++) {
            assertThat(bus.server.kick("n" + i, "because")).isTrue();
        }
        bus.advance(SOON);
        requireAllFree(bus, host);
    }
}
