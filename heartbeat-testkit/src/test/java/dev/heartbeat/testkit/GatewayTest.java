package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.SendResult;
import dev.heartbeat.TakeoverPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that speaks for many nodes, and the server that hears of them. */
final class GatewayTest {
    private final Bus bus = new Bus(7, 2, options -> options.channelQueueBytes(1 << 20));
    private final Host host = bus.world.newHost("gateway");
    private final HeartbeatClient gateway = bus.client(host, "gw").connect();
    private final List<AttachedNode> nodes = new ArrayList<>();
    private final List<AttachedRecorder> told = new ArrayList<>();

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private AttachedNode attach(HeartbeatClient to, String id) {
        AttachedRecorder recorder = new AttachedRecorder();
        AttachedNode node = to.attach(id, Map.of(), recorder);
        told.add(recorder);
        nodes.add(node);
        return node;
    }

    /** n0 to n-(count - 1). */
    private void attach(int count) {
        for (int i = 0; i < count; i++) {
            attach(gateway, "n" + i);
        }
        bus.advance(Duration.ofSeconds(2));
        assertThat(nodes).allMatch(node -> node.state() == AttachedNodeState.REGISTERED);
    }

    private List<String> events(int node) {
        return told.get(node).events();
    }

    @Test
    @Tag("M62")
    void attachedBeforeAndAfterItIsOnline() {
        AttachedNode before = attach(gateway, "before");
        assertThat(before.state()).isEqualTo(AttachedNodeState.WAITING);
        bus.advance(Duration.ofSeconds(1));
        AttachedNode after = attach(gateway, "after");
        bus.advance(Duration.ofSeconds(20));
        for (AttachedNode node : List.of(before, after)) {
            assertThat(node.state()).isEqualTo(AttachedNodeState.REGISTERED);
            assertThat(bus.told.of(node.id())).containsExactly("ONLINE");
            assertThat(node.epoch())
                    .isEqualTo(bus.server.nodes().find(node.id()).orElseThrow().epoch());
        }
        assertThat(bus.server.stats().connections().open()).isEqualTo(1);
        assertThat(events(0)).containsExactly("registered");
    }

    @Test
    @Tag("M64")
    void oneBeatOnTheWireForAThousandNodes() {
        attach(1000);
        long heartbeats = bus.server.stats().liveness().heartbeats();
        bus.advance(Duration.ofSeconds(60));
        assertThat(bus.server.stats().liveness().heartbeats() - heartbeats).isBetween(59L, 61L);
        assertThat(bus.told.count("SUSPECT")).isZero();
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(1001);
    }

    @Test
    @Tag("M65")
    void messagesBothWaysAlsoLargeOnes() {
        attach(3);
        nodes.get(1).trySend(bytes("hello"));
        nodes.get(2).trySend(ByteBuffer.allocate(500_000));
        gateway.trySend(bytes("mine"));
        bus.server.trySend("n0", bytes("welcome"));
        bus.server.trySend("n1", ByteBuffer.allocate(700_000));
        bus.server.trySend("gw", bytes("yours"));
        bus.advance(Duration.ofSeconds(5));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "message hello");
        assertThat(bus.told.of("n2")).containsExactly("ONLINE", "message 500000 bytes");
        assertThat(bus.told.of("gw")).containsExactly("ONLINE", "message mine");
        assertThat(events(0)).containsExactly("registered", "message welcome");
        assertThat(events(1)).containsExactly("registered", "message 700000 bytes");
        assertThat(bus.server.stats().connections().errorsSent()).isEmpty();
    }

    @Test
    void messagesWaitForTheConnectionInOrder() {
        AttachedNode node = attach(gateway, "n0");
        for (int i = 0; i < 5; i++) {
            assertThat(node.trySend(bytes("early " + i))).isEqualTo(SendResult.ACCEPTED);
        }
        bus.advance(Duration.ofSeconds(1));
        assertThat(bus.told.of("n0"))
                .containsExactly(
                        "ONLINE",
                        "message early 0",
                        "message early 1",
                        "message early 2",
                        "message early 3",
                        "message early 4");
    }

    @Test
    void theQueueOfANodeIsBoundedByItself() {
        bus.advance(Duration.ofSeconds(1));
        attach(2);
        host.stopReading(true);
        bus.serverHost.delayCallbacks(Duration.ofMinutes(1)); // Credit comes to an end.
        int accepted = 0;
        while (nodes.get(0).trySend(ByteBuffer.allocate(1000)) == SendResult.ACCEPTED) {
            accepted++;
            assertThat(accepted).isLessThan(10_000);
        }
        assertThat(nodes.get(0).trySend(bytes("more"))).isEqualTo(SendResult.FULL);
        assertThat(nodes.get(1).trySend(bytes("still room"))).isEqualTo(SendResult.ACCEPTED);
        assertThat(nodes.get(1).trySend(ByteBuffer.allocate(11 << 20))).isEqualTo(SendResult.TOO_LARGE);
    }

    @Test
    @Tag("M66")
    void aGatewayThatDiesTakesAThousandNodesWithItOnceEach() {
        attach(1000);
        host.crash();
        bus.advance(Duration.ofSeconds(1));
        assertThat(bus.server.nodes().count(NodeState.SUSPECT)).isEqualTo(1001);
        bus.advance(Duration.ofMinutes(2)); // The mass guard may hold them a minute.
        for (AttachedNode node : nodes) {
            assertThat(bus.told.of(node.id())).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(CLOSED)");
        }
        assertThat(bus.server.nodes().count(NodeState.OFFLINE)).isEqualTo(1001);
    }

    @Test
    @Tag("M25")
    @Tag("M66")
    void aGatewayThatReconnectsBringsAllOfThemBack() {
        attach(300);
        nodes.get(7).updateMetadata(Map.of("after", "all"));
        bus.advance(Duration.ofSeconds(1));
        List<Long> before = nodes.stream().map(AttachedNode::epoch).toList();
        for (int round = 0; round < 3; round++) {
            host.resetConnections();
            bus.advance(Duration.ofSeconds(5));
        }
        for (int i = 0; i < nodes.size(); i++) {
            AttachedNode node = nodes.get(i);
            assertThat(node.state()).isEqualTo(AttachedNodeState.REGISTERED);
            assertThat(node.epoch()).isGreaterThan(before.get(i));
            assertThat(told.get(i).epochs()).isSorted().hasSize(4);
            assertThat(bus.told.of(node.id()))
                    .filteredOn(line -> !line.startsWith("updated"))
                    .containsExactly(
                            "ONLINE", "SUSPECT(LOST)", "ONLINE", "SUSPECT(LOST)", "ONLINE", "SUSPECT(LOST)", "ONLINE");
        }
        assertThat(bus.server.nodes().find("n7").map(Node::metadata)).hasValue(Map.of("after", "all"));
    }

    @Test
    @Tag("M63")
    void kickOfOne() {
        attach(3);
        bus.server.kick("n1", "enough");
        bus.advance(Duration.ofSeconds(20));
        assertThat(events(1)).containsExactly("registered", "ended KICKED");
        assertThat(nodes.get(1).state()).isEqualTo(AttachedNodeState.ENDED);
        assertThat(nodes.get(1).trySend(bytes("x"))).isEqualTo(SendResult.CLOSED);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(KICKED)");
        assertThat(bus.told.of("n0")).containsExactly("ONLINE");
        assertThat(bus.told.of("n2")).containsExactly("ONLINE");
        // Its id is free to be attached again.
        attach(gateway, "n1");
        bus.advance(Duration.ofSeconds(1));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(KICKED)", "ONLINE");
    }

    @Test
    @Tag("M57")
    void nodeKickedWhileItsGatewayIsAwayIsNotifiedLater() {
        attach(3);
        bus.serverHost.resetConnections();
        bus.server.kick("n1", "enough");
        bus.advance(Duration.ofSeconds(10));
        assertThat(events(1)).containsExactly("registered", "ended KICKED");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(KICKED)");
        for (String neighbour : List.of("gw", "n0", "n2")) {
            assertThat(bus.told.of(neighbour)).containsExactly("ONLINE", "SUSPECT(LOST)", "ONLINE");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Tag("M21")
    @Tag("M63")
    void takeoverOfOneLeavesTheNeighbours(long seed) {
        Bus world = new Bus(seed, 2, options -> options);
        HeartbeatClient one = world.client(world.world.newHost("one"), "gw1").connect();
        HeartbeatClient two = world.client(world.world.newHost("two"), "gw2").connect();
        List<AttachedRecorder> first = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            first.add(new AttachedRecorder());
            one.attach("n" + i, Map.of(), first.get(i));
        }
        world.advance(Duration.ofSeconds(2));
        AttachedNode newer = two.attach("n3", Map.of(), new AttachedRecorder());
        world.advance(Duration.ofSeconds(20));
        assertThat(newer.state()).isEqualTo(AttachedNodeState.REGISTERED);
        assertThat(first.get(3).events()).containsExactly("registered", "ended REPLACED");
        assertThat(world.told.of("n3")).containsExactly("ONLINE", "OFFLINE(REPLACED)", "ONLINE");
        for (String neighbour : List.of("n0", "n1", "n2", "n4", "gw1", "gw2")) {
            assertThat(world.told.of(neighbour)).containsExactly("ONLINE");
        }
    }

    @Test
    @Tag("M61")
    void updates() {
        attach(2);
        gateway.updateMetadata(Map.of("firmware", "2"));
        nodes.get(1).updateMetadata(Map.of("zone", "eu"));
        bus.advance(Duration.ofMillis(100));
        assertThat(bus.told.of("gw")).containsExactly("ONLINE", "updated {firmware=2}");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "updated {zone=eu}");
        assertThat(bus.server.nodes().find("n1").map(Node::metadata)).hasValue(Map.of("zone", "eu"));
        assertThatThrownBy(() -> gateway.updateMetadata(Map.of("no spaces", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("metadata key");
        assertThatThrownBy(() -> nodes.get(0).updateMetadata(Map.of("", "")))
                .isInstanceOf(IllegalArgumentException.class);

        // Changes while it is away come with the registration.
        host.resetConnections();
        gateway.updateMetadata(Map.of("firmware", "3"));
        nodes.get(1).updateMetadata(Map.of("zone", "us"));
        bus.advance(Duration.ofSeconds(5));
        assertThat(bus.server.nodes().find("gw").map(Node::metadata)).hasValue(Map.of("firmware", "3"));
        assertThat(bus.server.nodes().find("n1").map(Node::metadata)).hasValue(Map.of("zone", "us"));
        assertThat(bus.server.stats().connections().errorsSent()).isEmpty();
    }

    @Test
    void onlyTheLatestUpdateIsSentWhileTheSocketIsFull() {
        attach(1);
        bus.serverHost.pause();
        String large = "x".repeat(4000);
        for (int i = 0; i < 2000; i++) {
            gateway.updateMetadata(Map.of("i", i + large));
            nodes.get(0).updateMetadata(Map.of("i", i + large));
            // On the loop each time, long before the server is given up.
            bus.advance(Duration.ofMillis(1));
        }
        bus.serverHost.resume();
        bus.advance(Duration.ofSeconds(3));
        assertThat(bus.server.nodes().find("gw").orElseThrow().metadata()).containsEntry("i", 1999 + large);
        assertThat(bus.server.nodes().find("n0").orElseThrow().metadata()).containsEntry("i", 1999 + large);
        assertThat(bus.server.stats().connections().bytesIn()).isLessThan(6_000_000);
    }

    @Test
    @Tag("M64")
    void aNodeTheGatewayDoesNotVouchForIsGivenUpAloneAndComesBack() {
        attach(5);
        nodes.get(2).reportAlive(false);
        bus.advance(Duration.ofSeconds(10));
        assertThat(bus.told.of("n2")).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
        assertThat(nodes.get(2).state()).isEqualTo(AttachedNodeState.WAITING);
        nodes.get(2).reportAlive(true);
        bus.advance(Duration.ofSeconds(10));
        assertThat(bus.told.of("n2")).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)", "ONLINE");
        for (String neighbour : List.of("gw", "n0", "n1", "n3", "n4")) {
            assertThat(bus.told.of(neighbour)).containsExactly("ONLINE");
        }
        // In time, it only recovers.
        nodes.get(4).reportAlive(false);
        bus.world.advanceUntil(() -> bus.told.of("n4").contains("SUSPECT(SILENT)"), Duration.ofSeconds(3));
        nodes.get(4).reportAlive(true);
        bus.advance(Duration.ofSeconds(10));
        assertThat(bus.told.of("n4")).containsExactly("ONLINE", "SUSPECT(SILENT)", "ONLINE");
        assertThat(events(4)).containsExactly("registered");
    }

    @Test
    @Tag("M64")
    void moreRangesThanABeatHolds() {
        attach(999);
        for (int i = 0; i < 999; i += 2) {
            nodes.get(i).reportAlive(false);
        }
        bus.advance(Duration.ofSeconds(80)); // The mass guard may hold them a minute.
        for (int i = 0; i < 999; i++) {
            if (i % 2 == 0) {
                assertThat(bus.told.of("n" + i)).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
            } else {
                assertThat(bus.told.of("n" + i)).containsExactly("ONLINE");
            }
        }
    }

    @Test
    @Tag("M52")
    void detachedNodeLeavesAfterItsMessages() {
        attach(3);
        nodes.get(1).trySend(ByteBuffer.allocate(300_000));
        nodes.get(1).trySend(bytes("last"));
        CompletableFuture<Void> gone = nodes.get(1).detachAsync();
        assertThat(nodes.get(1).trySend(bytes("too late"))).isEqualTo(SendResult.CLOSED);
        bus.advance(Duration.ofSeconds(3));
        assertThat(gone).isCompleted();
        assertThat(events(1)).containsExactly("registered", "ended UNREGISTERED");
        assertThat(bus.told.of("n1"))
                .containsExactly("ONLINE", "message 300000 bytes", "message last", "OFFLINE(UNREGISTERED)");
        assertThat(bus.told.of("n0")).containsExactly("ONLINE");
        assertThat(nodes.get(1).detachAsync()).isCompleted();
    }

    @Test
    void nodeDetachedWithoutConnectionEndsLocally() {
        bus.serverHost.crash();
        AttachedNode node = attach(gateway, "n0");
        node.trySend(bytes("never"));
        CompletableFuture<Void> gone = node.detachAsync();
        bus.advance(Duration.ofSeconds(1));
        assertThat(gone).isCompleted();
        assertThat(events(0)).containsExactly("undelivered never", "ended UNREGISTERED");
    }

    @Test
    @Tag("M52")
    void closingTakesLeaveForAll() {
        attach(200);
        nodes.forEach(node -> node.trySend(bytes("bye")));
        CompletableFuture<Void> closed = gateway.closeAsync();
        bus.advance(Duration.ofSeconds(5));
        assertThat(closed).isCompleted();
        for (AttachedNode node : nodes) {
            assertThat(bus.told.of(node.id())).containsExactly("ONLINE", "message bye", "OFFLINE(UNREGISTERED)");
            assertThat(node.state()).isEqualTo(AttachedNodeState.ENDED);
        }
        assertThat(bus.told.of("gw")).containsExactly("ONLINE", "OFFLINE(UNREGISTERED)");
        assertThat(events(17)).containsExactly("registered", "ended UNREGISTERED");
        assertThatThrownBy(() -> gateway.attach("n9", Map.of(), new AttachedRecorder()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Tag("M20")
    void oneTooManyIsRefused() {
        Bus small = new Bus(9, 2, options -> options.maxNodesPerConnection(3));
        HeartbeatClient client =
                small.client(small.world.newHost("gateway"), "gw").connect();
        for (int i = 0; i < 5; i++) {
            attach(client, "n" + i);
        }
        small.advance(Duration.ofSeconds(2));
        assertThat(events(2)).containsExactly("registered");
        for (int i = 3; i < 5; i++) {
            assertThat(events(i)).hasSize(2).last().isEqualTo("ended REFUSED");
            assertThat(events(i)).first().asString().startsWith("refused: the server allows 3 nodes");
        }
        nodes.get(0).detachAsync();
        small.advance(Duration.ofSeconds(1));
        attach(client, "n5");
        small.advance(Duration.ofSeconds(1));
        assertThat(events(5)).containsExactly("registered");
        assertThat(small.server.stats().connections().errorsSent()).isEmpty();
    }

    @Test
    void invalidAttachIsRefusedAtOnce() {
        attach(gateway, "n0");
        assertThatThrownBy(() -> attach(gateway, "n0")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> attach(gateway, "gw")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> attach(gateway, "no spaces")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> gateway.attach("n1", Map.of("", ""), new AttachedRecorder()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nodeRefusedForNowIsTriedAgain() {
        Bus strict = new Bus(11, 2, options -> options.takeoverPolicy(TakeoverPolicy.REFUSE));
        Host holder = strict.newNode("n0");
        HeartbeatClient client =
                strict.client(strict.world.newHost("gateway"), "gw").connect();
        attach(client, "n0");
        attach(client, "n1");
        strict.advance(Duration.ofSeconds(10));
        assertThat(events(0)).isNotEmpty().allMatch(event -> event.contains("NODE_ID_IN_USE"));
        assertThat(events(1)).containsExactly("registered");
        holder.crash();
        strict.advance(Duration.ofMinutes(2));
        assertThat(events(0)).endsWith("registered");
        assertThat(strict.told.of("n0")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(CLOSED)", "ONLINE");
    }

    @Test
    @Tag("M53")
    void aServerThatShutsDownGetsTheirMessagesAndHasThemBackLater() {
        attach(50);
        nodes.forEach(node -> node.trySend(bytes("before")));
        CompletableFuture<Void> down = bus.server.shutdownAsync(Duration.ofSeconds(2));
        bus.advance(Duration.ofSeconds(10));
        assertThat(down).isCompleted();
        for (AttachedNode node : nodes) {
            assertThat(bus.told.of(node.id())).containsExactly("ONLINE", "message before", "OFFLINE(SHUTDOWN)");
            assertThat(node.state()).isEqualTo(AttachedNodeState.WAITING);
        }
    }

    @Test
    void messageToANodeInGraceWaitsForIt() {
        attach(2);
        bus.world.isolate(host);
        host.resetConnections();
        bus.world.rejoin(host);
        bus.advance(Duration.ofMillis(5));
        bus.server.trySend("n1", bytes("welcome back"));
        bus.advance(Duration.ofSeconds(5));
        assertThat(events(1)).containsExactly("registered", "registered", "message welcome back");
    }
}
