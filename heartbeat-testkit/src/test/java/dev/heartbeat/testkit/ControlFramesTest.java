package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeState;
import dev.heartbeat.ClientState;
import dev.heartbeat.ConnectionStats;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.NodeState;
import dev.heartbeat.auth.Grant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection sends so many control frames and no more; its node then stays away for a while. */
@Tag("M115")
final class ControlFramesTest {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final Duration BAN = Duration.ofSeconds(10);

    private static final String PING = "ab0204000000000000000001 41";
    private static final String UPDATE = "ab020f000000000000000000";
    private static final String OPEN = "ab020a000000%04x0000000e 0000000000010000 01 04 6c6f6773";
    private static final String BEAT = "ab0201000000000000000010 1122334455667788 0000000000000000";

    /** Ten seconds of one a second; nobody is a gateway. */
    private static final int BURST = 10;

    private int seed = 141;

    private Bus bus(UnaryOperator<HeartbeatServer.Builder> options) {
        return new Bus(
                seed++,
                2,
                builder -> options.apply(builder.controlFramesPerSecond(1).maxNodesPerConnection(0)));
    }

    private static ScriptedPeer peer(Bus bus, Host host) {
        return ScriptedPeer.client(host.transport(), bus.server.localAddress()).connect();
    }

    private static void play(Bus bus, ScriptedPeer peer) {
        peer.play();
        bus.advance(SOON);
        peer.verify();
    }

    /** A node of this id is registered from there, floods, and is sent away. */
    private static void flood(Bus bus, Host host, String id) {
        ScriptedPeer peer = peer(bus, host).register(id).expectRegistered();
        peer.ignore("PONG")
                .raw(PING.repeat(BURST + 1))
                .expectGoAway("OVERLOADED")
                .expectEndOfStream();
        play(bus, peer.end());
    }

    private static HeartbeatClient connect(Bus bus, Host host, String id) {
        HeartbeatClient client = bus.client(host, id)
                .plaintextCredentials(true)
                .credential("right".getBytes(UTF_8))
                .reconnectBase(RETRY)
                .reconnectCap(RETRY)
                .connect();
        bus.advance(SOON);
        return client;
    }

    private static ConnectionStats connections(Bus bus) {
        return bus.server.stats().connections();
    }

    // ---- the rate

    @ParameterizedTest
    @ValueSource(strings = {PING, UPDATE, OPEN})
    void oneMoreThanTheBurstEndsTheConnection(String frame) {
        Bus bus = bus(options -> options.grace(Duration.ofSeconds(30)));
        HeartbeatClient honest = connect(bus, bus.world.newHost("client"), "n2");
        StringBuilder flood = new StringBuilder();
        for (int i = 0; i <= BURST; i++) {
            flood.append(String.format(frame, 2 * i + 1));
        }
        ScriptedPeer peer =
                peer(bus, bus.world.newHost("flooder")).register("n1").expectRegistered();
        peer.ignore("PONG").ignore("CHANNEL_RESET");
        peer.raw(flood.toString()).expectGoAway("OVERLOADED").expectEndOfStream();
        play(bus, peer.end());

        assertThat(connections(bus).floods()).isOne();
        assertThat(bus.told.of("n1")).endsWith("SUSPECT(LOST)");
        bus.advance(Duration.ofSeconds(40));
        assertThat(honest.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("n2")).containsExactly("ONLINE");
    }

    @Test
    void nobodyIsTooEarlyToFlood() {
        Bus bus = bus(options -> options);
        ScriptedPeer peer = peer(bus, bus.world.newHost("flooder"));
        peer.ignore("PONG")
                .raw(PING.repeat(BURST + 1))
                .expectGoAway("OVERLOADED")
                .expectEndOfStream();
        play(bus, peer.end());
        assertThat(connections(bus).floods()).isOne();
    }

    @Test
    void bucketRefillsEvenly() {
        Bus bus = bus(options -> options);
        ScriptedPeer peer =
                peer(bus, bus.world.newHost("client")).register("n1").expectRegistered();
        peer.ignore("PONG").ignore("HEARTBEAT_RES").raw(PING.repeat(BURST));
        play(bus, peer);
        for (int i = 0; i < 20; i++) {
            bus.advance(Duration.ofSeconds(1));
            peer.raw(PING).heartbeat();
            peer.play();
        }
        assertThat(connections(bus).floods()).isZero();
        peer.raw(PING).expectGoAway("OVERLOADED").end();
        play(bus, peer);
    }

    /** Credit bounds messages, and a beat is never what a peer is sent away for. */
    @Test
    void heartbeatsAndMessagesNeverCount() {
        Bus bus = bus(options -> options);
        ScriptedPeer peer =
                peer(bus, bus.world.newHost("client")).register("n1").expectRegistered();
        peer.ignore("HEARTBEAT_RES").raw(BEAT.repeat(500));
        for (int i = 0; i < 100; i++) {
            peer.data("message").connectionCredit(65_536 + i);
        }
        play(bus, peer);
        assertThat(connections(bus).floods()).isZero();
        assertThat(bus.told.count("message")).isEqualTo(100);
    }

    /** All at once, and each with other metadata behind it. */
    @Test
    void gatewayMayAttachAndChangeAllItsNodesAtOnce() {
        int nodes = 1000;
        Bus bus = bus(options -> options.maxNodesPerConnection(nodes));
        HeartbeatClient gateway = connect(bus, bus.world.newHost("gateway"), "gw");
        List<AttachedNode> attached = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            attached.add(gateway.attach("s" + i, Map.of(), new AttachedRecorder()));
        }
        bus.advance(Duration.ofSeconds(1));
        attached.forEach(node -> node.updateMetadata(Map.of("site", "3")));
        bus.advance(Duration.ofSeconds(1));
        assertThat(attached).allMatch(node -> node.state() == AttachedNodeState.REGISTERED);
        assertThat(connections(bus).floods()).isZero();
        assertThat(bus.server.nodes().withMetadata("site", "3")).hasSize(nodes);
    }

    @Test
    void noLimitIsNoLimit() {
        Bus bus = bus(options -> options.controlFramesPerSecond(0));
        ScriptedPeer peer =
                peer(bus, bus.world.newHost("client")).register("n1").expectRegistered();
        play(bus, peer.ignore("PONG").raw(PING.repeat(10_000)));
        assertThat(connections(bus).floods()).isZero();
    }

    // ---- the ban

    @Test
    void nodeStaysAwayForAsLongAsItWasTold() {
        Bus bus = bus(options -> options.grace(Duration.ofSeconds(30)));
        Host host = bus.world.newHost("flooder");
        flood(bus, host, "n1");
        HeartbeatClient same = connect(bus, host, "n1");
        bus.advance(BAN.minusSeconds(2));
        assertThat(same.state()).isEqualTo(ClientState.WAITING);
        // It was told how long it is, so it did not ask again.
        assertThat(connections(bus).banned()).isOne();
        assertThat(bus.server.stats().liveness().registrationsRefused()).isOne();
        bus.advance(Duration.ofSeconds(2));
        assertThat(same.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void clientThatFloodsComesBackByItself() {
        Bus bus = bus(options -> options.grace(Duration.ofSeconds(30)));
        HeartbeatClient client = connect(bus, bus.world.newHost("client"), "n1");
        for (int i = 0; i <= BURST; i++) {
            client.updateMetadata(Map.of("turn", "" + i));
            bus.advance(Duration.ofMillis(1));
        }
        bus.advance(Duration.ofSeconds(5));
        assertThat(client.state()).isEqualTo(ClientState.WAITING);
        assertThat(connections(bus).banned()).isZero();
        bus.advance(Duration.ofSeconds(6));
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("n1")).contains("SUSPECT(LOST)").endsWith("ONLINE");
        assertThat(bus.server.nodes().find("n1").orElseThrow().metadata()).containsEntry("turn", "" + BURST);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void neitherItsNeighboursNorItsIdElsewhereSuffer(boolean authenticated) {
        Bus bus = bus(options ->
                authenticated ? options.authenticator(applicant -> completedFuture(Grant.to("p"))) : options);
        Host host = bus.world.newHost("flooder");
        flood(bus, host, "n1");
        assertThat(connect(bus, host, "n2").state()).isEqualTo(ClientState.ONLINE);
        assertThat(connect(bus, bus.world.newHost("elsewhere"), "n1").state()).isEqualTo(ClientState.ONLINE);
        assertThat(connections(bus).banned()).isZero();
    }

    @Test
    void authenticatorIsNotAskedAboutWhoIsBanned() {
        List<String> asked = new ArrayList<>();
        Bus bus = bus(options -> options.authenticator(applicant -> {
            asked.add(applicant.nodeId());
            return completedFuture(Grant.to("p"));
        }));
        Host host = bus.world.newHost("flooder");
        flood(bus, host, "n1");
        ScriptedPeer peer =
                peer(bus, host).register("n1").expectGoAway("OVERLOADED").expectEndOfStream();
        play(bus, peer.end());
        assertThat(asked).containsExactly("n1");
    }

    /** Its gateway and the others go on. */
    @Test
    void bannedNodeIsNotAttachedThereEither() {
        Bus bus = bus(options -> options.maxNodesPerConnection(2));
        Host host = bus.world.newHost("flooder");
        ScriptedPeer peer = peer(bus, host).register("n1").expectRegistered();
        peer.ignore("PONG").raw(PING.repeat(BURST + 2 * 2 + 1)).expectGoAway("OVERLOADED");
        play(bus, peer.end());
        HeartbeatClient gateway = connect(bus, host, "gw");
        AttachedNode banned = gateway.attach("n1", Map.of(), new AttachedRecorder());
        AttachedNode other = gateway.attach("n2", Map.of(), new AttachedRecorder());
        bus.advance(SOON);
        assertThat(other.state()).isEqualTo(AttachedNodeState.REGISTERED);
        assertThat(banned.state()).isNotEqualTo(AttachedNodeState.REGISTERED);
        assertThat(connections(bus).banned()).isOne();
        bus.advance(BAN.plusSeconds(1));
        assertThat(banned.state()).isEqualTo(AttachedNodeState.REGISTERED);
        assertThat(gateway.state()).isEqualTo(ClientState.ONLINE);
    }

    @Test
    void banMayBeSwitchedOffAndLimitsChangeWhileItRuns() {
        Bus bus = bus(options -> options);
        Host host = bus.world.newHost("flooder");
        bus.server.reconfigure(
                bus.server.options().toBuilder().banTime(Duration.ZERO).build());
        flood(bus, host, "n1");
        assertThat(connect(bus, host, "n1").state()).isEqualTo(ClientState.ONLINE);

        bus.server.reconfigure(
                bus.server.options().toBuilder().controlFramesPerSecond(100).build());
        ScriptedPeer peer = peer(bus, host).register("n2").expectRegistered();
        play(bus, peer.ignore("PONG").raw(PING.repeat(1000)));
        assertThat(connections(bus).floods()).isOne();
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(2);
    }
}
