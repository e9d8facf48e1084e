package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeGroups;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.SendResult;
import dev.heartbeat.SlowMemberPolicy;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One message to many: whom it reaches, what it says of that, and that a slow one is his own
 * trouble.
 */
final class BroadcastTest {
    private static final int QUEUE = 3;

    private final Room room = new Room(new Bus(52, 2, options -> options.channelQueueMessages(QUEUE)));
    private final HeartbeatServer server = room.bus.server;
    private final NodeGroups groups = server.groups();

    private static BroadcastResult accepted(int recipients) {
        return new BroadcastResult(recipients, recipients, 0, 0, 0, 0, 0);
    }

    /** Lost, with a full queue: what waits for it is exactly known. */
    private void fill(String id) {
        room.disconnect(id);
        for (int i = 0; i < QUEUE; i++) {
            assertThat(server.trySend(id, Room.text("waits " + i))).isEqualTo(SendResult.ACCEPTED);
        }
        assertThat(server.trySend(id, Room.text("too many"))).isEqualTo(SendResult.FULL);
    }

    private void enter(int count) {
        for (int i = 0; i < count; i++) {
            String id = "n" + i;
            room.enter(id);
            groups.join("red", id);
        }
    }

    @Test
    void broadcastToNobodyAcceptsNothing() {
        assertThat(server.broadcast(Room.text("hello"))).isEqualTo(accepted(0));
        assertThat(server.broadcast(node -> true, Room.text("hello"))).isEqualTo(accepted(0));
        assertThat(groups.broadcast("red", Room.text("hello"))).isEqualTo(accepted(0));
    }

    @Test
    void everybodyGetsItAlsoWhoIsSuspected() {
        enter(4);
        room.disconnect("n3");
        assertThat(server.nodes().count(NodeState.SUSPECT)).isEqualTo(1);
        assertThat(server.broadcast(Room.text("hello"))).isEqualTo(accepted(4));
        room.reconnect("n3");
        for (int i = 0; i < 4; i++) {
            assertThat(room.heard("n" + i)).containsExactly("hello");
        }
        assertThat(server.stats().distribution().broadcasts()).isEqualTo(1);
        assertThat(server.stats().messages().sent()).isEqualTo(4);
    }

    @Test
    void onlyTheChosenGetIt() {
        enter(4);
        List<String> asked = new ArrayList<>();
        BroadcastResult result = server.broadcast(
                node -> {
                    asked.add(node.id());
                    return node.id().compareTo("n2") < 0;
                },
                Room.text("hello"));
        room.bus.advance(Duration.ofMillis(100));
        assertThat(result).isEqualTo(accepted(2));
        assertThat(asked).containsExactlyInAnyOrder("n0", "n1", "n2", "n3");
        assertThat(room.heard("n0")).containsExactly("hello");
        assertThat(room.heard("n2")).isEmpty();
    }

    @Test
    void nodeThatLeavesBetweenChoiceAndOfferIsCounted() {
        enter(3);
        BroadcastResult result = server.broadcast(
                node -> {
                    if (node.id().equals("n1")) {
                        server.kick("n1", "just now");
                    }
                    if (node.id().equals("n2")) {
                        room.enter("n2");
                    }
                    return true;
                },
                Room.text("hello"));
        room.bus.advance(Duration.ofMillis(100));
        assertThat(result).isEqualTo(new BroadcastResult(3, 1, 0, 2, 0, 0, 0));
        assertThat(room.heard("n2"))
                .as("another process of that id was not chosen")
                .isEmpty();
    }

    @Test
    void exceptionOfAPredicateIsTheCallers() {
        enter(1);
        assertThatThrownBy(() -> server.broadcast(
                        node -> {
                            throw new IllegalStateException("planted");
                        },
                        Room.text("hello")))
                .hasMessage("planted");
        assertThat(server.broadcast(Room.text("next"))).isEqualTo(accepted(1));
    }

    @Test
    void bufferStaysTheCallersAndMayBeUsedAgainAtOnce() {
        enter(2);
        byte[] array = "xxhelloxx".getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.wrap(array, 2, 5);
        groups.broadcast("red", message);
        assertThat(message).isEqualTo(Room.text("hello"));
        assertThat(message.position()).isEqualTo(2);
        array[2] = 'J';
        groups.broadcast("red", message);
        room.bus.advance(Duration.ofMillis(100));
        assertThat(room.heard("n0")).containsExactly("hello", "Jello");
        assertThat(room.heard("n1")).containsExactly("hello", "Jello");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_371, 16_372, 16_373, 16_384, 16_385, 200_000})
    void messageOfAnySizeArrivesWhole(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        List<byte[]> heard = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            HeartbeatClient client = room.bus
                    .client(room.bus.world.newHost("host"), "n" + i)
                    .onMessage(message -> {
                        byte[] bytes = new byte[message.remaining()];
                        message.get(bytes);
                        heard.add(bytes);
                    })
                    .connect();
            room.bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        }
        assertThat(server.broadcast(ByteBuffer.wrap(content))).isEqualTo(accepted(3));
        room.bus.advance(Duration.ofSeconds(5));
        assertThat(heard).hasSize(3).allSatisfy(bytes -> assertThat(bytes).isEqualTo(content));
        assertThat(server.stats().connections().errorsSent()).isEmpty();
    }

    @Test
    void messageThatIsTooLargeIsForNobody() {
        Room small = new Room(new Bus(53, 1, options -> options.maxMessageBytes(10)));
        small.enter("n1");
        small.bus.server.groups().join("red", "n1");
        String refusal = "message is 11 bytes, allowed is 0 to 10 (maxMessageBytes)";
        ByteBuffer message = ByteBuffer.allocate(11);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small.bus.server.broadcast(message))
                .withMessage(refusal);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small.bus.server.broadcast(node -> true, message))
                .withMessage(refusal);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small.bus.server.groups().broadcast("red", message))
                .withMessage(refusal);
        assertThat(small.bus.server.broadcast(ByteBuffer.allocate(10))).isEqualTo(accepted(1));
    }

    @Test
    void fullQueueIsSkippedUnlessTheGroupSaysOtherwise() {
        enter(3);
        fill("n1");
        BroadcastResult oneFull = new BroadcastResult(3, 2, 1, 0, 0, 0, 0);
        assertThat(groups.broadcast("red", Room.text("hello"))).isEqualTo(oneFull);
        groups.setSlowMemberPolicy("red", SlowMemberPolicy.REMOVE);
        assertThat(server.broadcast(Room.text("to all"))).isEqualTo(oneFull);
        groups.setSlowMemberPolicy("red", SlowMemberPolicy.SKIP);
        assertThat(groups.broadcast("red", Room.text("again"))).isEqualTo(oneFull);
        room.reconnect("n1");
        assertThat(room.heard("n1")).containsExactly("waits 0", "waits 1", "waits 2");
        assertThat(room.heard("n0")).containsExactly("hello", "to all", "again");
        assertThat(room.bus.told.count("undelivered")).isZero();
    }

    @Test
    void oldestIsDroppedAndToldWhereTheGroupSaysSo() {
        enter(3);
        fill("n1");
        groups.setSlowMemberPolicy("red", SlowMemberPolicy.DROP_OLDEST);
        BroadcastResult oneDropped = new BroadcastResult(3, 3, 0, 0, 1, 0, 0);
        assertThat(groups.broadcast("red", Room.text("hello"))).isEqualTo(oneDropped);
        assertThat(groups.broadcast("red", Room.text("again"))).isEqualTo(oneDropped);
        room.reconnect("n1");
        assertThat(room.heard("n1")).containsExactly("waits 2", "hello", "again");
        assertThat(room.undelivered("n1")).containsExactly("waits 0", "waits 1");
        assertThat(server.stats().messages().dropped()).isEqualTo(2);
        assertThat(server.stats().messages().undeliveredTotal()).isEqualTo(2);
    }

    @Test
    void largeMessageMayDropSeveralSmallOnes() {
        Room tight = new Room(new Bus(54, 1, options -> options.channelQueueBytes(1024)));
        NodeGroups red = tight.bus.server.groups();
        tight.enter("n1");
        red.join("red", "n1");
        red.setSlowMemberPolicy("red", SlowMemberPolicy.DROP_OLDEST);
        tight.disconnect("n1");
        for (int i = 0; i < 9; i++) {
            assertThat(tight.bus.server.trySend("n1", ByteBuffer.allocate(100 + i)))
                    .isEqualTo(SendResult.ACCEPTED);
        }
        assertThat(red.broadcast("red", ByteBuffer.allocate(500))).isEqualTo(new BroadcastResult(1, 1, 0, 0, 5, 0, 0));
        tight.reconnect("n1");
        assertThat(tight.heard("n1")).containsExactly("105 bytes", "106 bytes", "107 bytes", "108 bytes", "500 bytes");
        assertThat(tight.undelivered("n1")).hasSize(5).startsWith("100 bytes").endsWith("104 bytes");
    }

    @Test
    void slowListenerBoundsWhatIsDropped() {
        enter(1);
        fill("n0");
        groups.setSlowMemberPolicy("red", SlowMemberPolicy.DROP_OLDEST);
        room.bus.serverHost.delayCallbacks(Duration.ofMillis(500));
        for (int i = 0; i < QUEUE; i++) {
            assertThat(groups.broadcast("red", Room.text("drops " + i)).dropped())
                    .isEqualTo(1);
        }
        assertThat(groups.broadcast("red", Room.text("too many"))).isEqualTo(new BroadcastResult(1, 0, 1, 0, 0, 0, 0));
        room.bus.serverHost.delayCallbacks(Duration.ZERO);
        room.bus.advance(Duration.ofSeconds(1));
        assertThat(room.undelivered("n0")).containsExactly("waits 0", "waits 1", "waits 2");
        assertThat(groups.broadcast("red", Room.text("room again")))
                .isEqualTo(new BroadcastResult(1, 1, 0, 0, 1, 0, 0));
    }

    @Test
    void fullMemberIsRemovedByPolicyUnlessItNamesTheGroup() {
        enter(2);
        room.enter("named", options -> options.metadata("group", "red"));
        room.enter("both", options -> options.metadata("group", "red"));
        groups.join("red", "both");
        fill("n1");
        fill("named");
        fill("both");
        groups.setSlowMemberPolicy("red", SlowMemberPolicy.REMOVE);
        assertThat(groups.broadcast("red", Room.text("one"))).isEqualTo(new BroadcastResult(4, 1, 3, 0, 0, 2, 0));
        assertThat(groups.members("red").map(Node::id)).containsExactlyInAnyOrder("n0", "named", "both");
        assertThat(groups.broadcast("red", Room.text("two"))).isEqualTo(new BroadcastResult(3, 1, 2, 0, 0, 0, 0));
        assertThat(groups.leave("red", "both")).as("it has left already").isFalse();
        assertThat(room.bus.told.count("undelivered")).isZero();
    }

    @Test
    void undeliveredBroadcastComesBackPerNode() {
        List<ByteBuffer> back = new ArrayList<>();
        Room telling = new Room(new Bus(
                55,
                2,
                options -> options.listener(new NodeListener() {
                    @Override
                    public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
                        assertThat(message.isReadOnly()).isTrue();
                        assertThat(message.position()).isZero();
                        assertThat(Room.text(message)).isEqualTo("hello");
                        message.position(message.limit());
                        back.add(message);
                    }
                })));
        for (int i = 0; i < 3; i++) {
            telling.enter("n" + i);
            telling.disconnect("n" + i);
        }
        assertThat(telling.bus.server.broadcast(Room.text("hello"))).isEqualTo(accepted(3));
        telling.bus.advance(Duration.ofSeconds(10));
        assertThat(back).hasSize(3);
        assertThat(telling.bus.server.stats().callbacks().failures()).isZero();
        assertThat(telling.bus.server.stats().messages().undeliveredTotal()).isEqualTo(3);
    }

    @Test
    void unreadChannelDelaysNoOther() {
        Room large = new Room(new Bus(56, 2, options -> options.channelQueueMessages(10)));
        NodeGroups all = large.bus.server.groups();
        for (int i = 0; i < 20; i++) {
            large.enter("n" + i);
            all.join("red", "n" + i);
        }
        for (int i = 0; i < 20; i += 2) {
            large.host("n" + i).stopReading(true);
        }
        long full = 0;
        for (int i = 0; i < 200; i++) {
            BroadcastResult result = all.broadcast("red", ByteBuffer.allocate(5000 + i));
            assertThat(result.recipients()).isEqualTo(20);
            full += result.full();
            large.bus.advance(Duration.ofMillis(10));
        }
        large.bus.advance(Duration.ofMillis(100));
        assertThat(full).isPositive();
        for (int i = 1; i < 20; i += 2) {
            assertThat(large.heard("n" + i)).hasSize(200).endsWith("5199 bytes");
        }
    }

    @Test
    void gatewaysNodesGetItOnceEach() {
        HeartbeatClient gateway = room.enter("gw");
        List<AttachedRecorder> heard = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            heard.add(new AttachedRecorder());
            gateway.attach("a" + i, Map.of(), heard.get(i));
        }
        room.bus.advance(Duration.ofSeconds(2));
        assertThat(server.broadcast(Room.text("hello"))).isEqualTo(accepted(501));
        room.bus.advance(Duration.ofSeconds(1));
        assertThat(heard).allSatisfy(node -> assertThat(node.events()).containsExactly("registered", "message hello"));
        assertThat(room.heard("gw")).containsExactly("hello");
    }

    @Test
    void serverThatStopsSendsToNobodyWhoIsSentAway() {
        enter(2);
        server.shutdownAsync(Duration.ofSeconds(10));
        room.bus.advance(Duration.ofMillis(10));
        assertThat(server.broadcast(Room.text("late"))).isEqualTo(accepted(1));
        room.bus.advance(Duration.ofMillis(1100));
        assertThat(server.broadcast(Room.text("late"))).isEqualTo(accepted(0));
        assertThat(groups.broadcast("red", Room.text("late"))).isEqualTo(accepted(0));
    }

    @Test
    void messagesAcceptedBeforeAShutdownArrive() {
        enter(5);
        groups.broadcast("red", ByteBuffer.allocate(100_000));
        server.shutdownAsync(Duration.ofSeconds(5));
        room.bus.advance(Duration.ofSeconds(5));
        for (int i = 0; i < 5; i++) {
            assertThat(room.heard("n" + i)).containsExactly("100000 bytes");
        }
    }

    @Test
    void sameSeedSameRun() {
        assertThat(traceOf(7)).isEqualTo(traceOf(7));
    }

    private static long traceOf(long seed) {
        Room any = new Room(new Bus(seed));
        for (int i = 0; i < 30; i++) {
            any.enter("n" + i);
            any.bus.server.groups().join("red", "n" + i);
        }
        for (int i = 0; i < 20; i++) {
            any.bus.server.groups().broadcast("red", ByteBuffer.allocate(3000));
            any.bus.advance(Duration.ofMillis(1));
        }
        any.bus.advance(Duration.ofSeconds(1));
        return any.bus.world.traceHash();
    }
}
