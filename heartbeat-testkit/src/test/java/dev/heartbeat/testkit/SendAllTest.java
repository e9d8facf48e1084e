package dev.heartbeat.testkit;

import static dev.heartbeat.SendResult.ACCEPTED;
import static dev.heartbeat.SendResult.CLOSED;
import static dev.heartbeat.SendResult.FULL;
import static dev.heartbeat.SendResult.TOO_LARGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.BroadcastResult;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.QueueOverflow;
import dev.heartbeat.SendResult;
import dev.heartbeat.SlowMemberPolicy;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many messages in one call: in each place where one can be sent. */
final class SendAllTest {
    private static final int QUEUE = 5;
    private static final int LONGEST = 1000;
    private static final Duration SOON = Duration.ofMillis(100);

    private final ChannelRecorder accepted = new ChannelRecorder();
    private final Room room = new Room(new Bus(
            1,
            2,
            options -> options.channelQueueMessages(QUEUE)
                    .maxMessageBytes(LONGEST)
                    .routes((from, to) -> true)
                    .channel("c", accepted)));
    private final List<String> comesBack = new ArrayList<>();
    private final List<String> writable = new ArrayList<>();

    private HeartbeatClient enter(String id) {
        return room.enter(
                id,
                options -> options.queueMessages(QUEUE).listener(new ClientListener() {
                    @Override
                    public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
                        comesBack.add(Room.text(message) + " " + reason);
                    }

                    @Override
                    public void onWritable() {
                        writable.add(id);
                    }
                }));
    }

    private static List<ByteBuffer> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> Room.text("m" + i)).toList();
    }

    private static List<String> names(String before, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> before + "m" + i).toList();
    }

    private List<String> messagesOf(String id) {
        return room.bus.told.of(id).stream()
                .filter(what -> what.startsWith("message"))
                .toList();
    }

    // ---- every place takes a list, in its order

    private void takesInOrder(Function<List<ByteBuffer>, List<SendResult>> sendAll) {
        List<ByteBuffer> list = new ArrayList<>(texts(0, 3));
        List<SendResult> results = sendAll.apply(list);
        list.clear(); // It is the caller's again.
        assertThat(results).containsExactly(ACCEPTED, ACCEPTED, ACCEPTED).isUnmodifiable();
        assertThat(sendAll.apply(List.of())).isEmpty();
        room.bus.advance(SOON);
    }

    private void refusesAllForOne(Function<List<ByteBuffer>, List<SendResult>> sendAll) {
        assertThatNullPointerException()
                .isThrownBy(() -> sendAll.apply(Arrays.asList(Room.text("x"), null)))
                .withMessage("messages[1]");
        room.bus.advance(SOON);
    }

    @Test
    void clientSendsToTheServer() {
        HeartbeatClient client = enter("n1");
        takesInOrder(client::sendAll);
        refusesAllForOne(client::sendAll);
        assertThat(messagesOf("n1")).isEqualTo(names("message ", 0, 3));
    }

    @Test
    void clientSendsToAnotherNode() {
        HeartbeatClient client = enter("n1");
        List<String> heard = new ArrayList<>();
        room.enter(
                "n2", options -> options.onNodeMessage((from, message) -> heard.add(from + " " + Room.text(message))));
        takesInOrder(list -> client.sendAll("n2", list));
        refusesAllForOne(list -> client.sendAll("n2", list));
        assertThatIllegalArgumentException().isThrownBy(() -> client.sendAll("", List.of()));
        assertThat(heard).isEqualTo(names("n1 ", 0, 3));
    }

    @Test
    void attachedNodeSends() {
        AttachedNode node = enter("n1").attach("a1", Map.of(), new AttachedNodeListener() {});
        room.bus.advance(SOON);
        takesInOrder(node::sendAll);
        refusesAllForOne(node::sendAll);
        refusesAllForOne(list -> node.sendAll("n1", list));
        assertThat(messagesOf("a1")).isEqualTo(names("message ", 0, 3));
        assertThat(node.sendAll("n1", texts(0, 2))).containsExactly(ACCEPTED, ACCEPTED);
    }

    @Test
    void serverSendsToANode() {
        enter("n1");
        takesInOrder(list -> room.bus.server.sendAll("n1", list));
        refusesAllForOne(list -> room.bus.server.sendAll("n1", list));
        refusesAllForOne(list -> room.bus.server.sendAll("nobody", list));
        assertThat(room.heard("n1")).isEqualTo(names("", 0, 3));
        assertThat(room.bus.server.sendAll("nobody", texts(0, 2))).containsExactly(CLOSED, CLOSED);
    }

    @Test
    void channelSendsAlsoBeforeItIsOpen() {
        Channel channel = enter("n1").openChannel("c", ChannelOptions.defaults(), new ChannelRecorder());
        takesInOrder(channel::sendAll);
        refusesAllForOne(channel::sendAll);
        assertThat(accepted.events)
                .filteredOn(event -> event.startsWith("message"))
                .isEqualTo(names("message ", 0, 3));
    }

    // ---- a queue that fills within the list

    @Test
    void allBehindTheFirstThatIsFullAreFull() {
        HeartbeatClient unused = enter("n1");
        room.disconnect("n1");
        List<ByteBuffer> list = Stream.of(
                        texts(0, 3).stream(),
                        Stream.of(ByteBuffer.allocate(LONGEST + 1)),
                        texts(3, 7).stream(),
                        Stream.of(ByteBuffer.allocate(LONGEST + 1)))
                .flatMap(part -> part)
                .toList();
        assertThat(room.bus.server.sendAll("n1", list))
                .containsExactly(ACCEPTED, ACCEPTED, ACCEPTED, TOO_LARGE, ACCEPTED, ACCEPTED, FULL, FULL, TOO_LARGE);
        room.reconnect("n1");
        assertThat(room.heard("n1")).isEqualTo(names("", 0, 5));
    }

    @Test
    void smallerMessageDoesNotPassOneThatIsFull() {
        HeartbeatClient client = room.enter("n1", options -> options.queueBytes(4096));
        room.host("n1").loseConnections();
        room.host("n1").refuseConnects(true);
        List<ByteBuffer> list =
                Stream.of(900, 900, 900, 900, 900, 1).map(ByteBuffer::allocate).toList();
        assertThat(client.sendAll(list)).containsExactly(ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, FULL, FULL);
        assertThat(client.trySend(list.get(5))).as("it had room").isEqualTo(ACCEPTED);
    }

    @Test
    void longListToASlowReaderArrivesInParts() {
        HeartbeatClient client = enter("n1");
        List<ByteBuffer> left = new ArrayList<>(texts(0, 40));
        int parts = 0;
        for (; !left.isEmpty(); parts++) {
            int taken =
                    (int) client.sendAll(left).stream().filter(ACCEPTED::equals).count();
            left.subList(0, taken).clear();
            int before = writable.size();
            room.bus.world.advanceUntil(() -> writable.size() > before || left.isEmpty(), Duration.ofSeconds(5));
        }
        room.bus.advance(SOON);
        assertThat(messagesOf("n1")).isEqualTo(names("message ", 0, 40));
        assertThat(parts).isEqualTo(40 / QUEUE);
    }

    @Test
    void channelThatDropsTheOldestDropsThemOfTheListToo() {
        ChannelRecorder sender = new ChannelRecorder();
        HeartbeatClient client = enter("n1");
        Channel channel = client.openChannel(
                "c",
                ChannelOptions.builder()
                        .queueMessages(3)
                        .overflow(QueueOverflow.DROP_OLDEST)
                        .build(),
                sender);
        assertThat(channel.sendAll(texts(0, 5))).containsOnly(ACCEPTED).hasSize(5);
        room.bus.advance(SOON);
        assertThat(sender.events)
                .filteredOn(event -> event.startsWith("undelivered"))
                .containsExactly("undelivered m0 DROPPED", "undelivered m1 DROPPED");
        assertThat(accepted.events)
                .filteredOn(event -> event.startsWith("message"))
                .isEqualTo(names("message ", 2, 5));
    }

    // ---- an end in the middle

    @Test
    void whatWasAcceptedComesBackInOrderWhenTheClientCloses() {
        HeartbeatClient client = enter("n1");
        room.host("n1").loseConnections();
        room.host("n1").refuseConnects(true);
        room.bus.advance(Duration.ofSeconds(4));
        client.sendAll(texts(0, 3));
        var unused = client.closeAsync();
        assertThat(client.sendAll(texts(3, 5))).containsExactly(CLOSED, CLOSED);
        room.bus.advance(Duration.ofSeconds(30));
        assertThat(comesBack).containsExactly("m0 CLOSED", "m1 CLOSED", "m2 CLOSED");
    }

    @Test
    void resetInTheMiddleOfAListLosesNoneSilently() {
        ChannelRecorder sender = new ChannelRecorder();
        Channel channel = enter("n1").openChannel("c", ChannelOptions.defaults(), sender);
        room.bus.advance(SOON);
        List<ByteBuffer> list = Collections.nCopies(200, ByteBuffer.allocate(LONGEST));
        assertThat(channel.sendAll(list)).containsOnly(ACCEPTED);
        room.bus.world.advanceUntil(() -> accepted.events.contains("message 1000 bytes"), SOON);
        accepted.last().reset("enough");
        room.bus.advance(Duration.ofSeconds(1));
        long arrived =
                accepted.events.stream().filter("message 1000 bytes"::equals).count();
        long back = sender.events.stream()
                .filter(event -> event.startsWith("undelivered"))
                .count();
        assertThat(arrived).isBetween(1L, 199L);
        assertThat(arrived + back)
                .as("a message that was sent may be lost, none comes twice")
                .isLessThanOrEqualTo(200);
        assertThat(channel.sendAll(texts(0, 1))).containsExactly(CLOSED);
    }

    // ---- a group

    @Test
    void groupGetsAListInOrderAndASlowMemberWhatItTakes() {
        enter("n1");
        enter("n2");
        room.bus.server.groups().join("red", "n1");
        room.bus.server.groups().join("red", "n2");
        room.disconnect("n2");
        List<BroadcastResult> results = room.bus.server.groups().broadcastAll("red", texts(0, QUEUE + 1));
        BroadcastResult both = new BroadcastResult(2, 2, 0, 0, 0, 0, 0);
        assertThat(results.subList(0, QUEUE)).containsOnly(both);
        assertThat(results.get(QUEUE)).isEqualTo(new BroadcastResult(2, 0, 2, 0, 0, 0, 0));
        room.bus.advance(SOON);
        room.reconnect("n2");
        assertThat(room.heard("n1")).isEqualTo(names("", 0, QUEUE));
        assertThat(room.heard("n2")).isEqualTo(names("", 0, QUEUE));
        assertThat(room.bus.server.stats().distribution().broadcasts()).isEqualTo(QUEUE + 1);
    }

    @Test
    void memberThatIsRemovedByOneMessageIsNoRecipientOfTheNext() {
        enter("n1");
        room.bus.server.groups().join("red", "n1");
        room.bus.server.groups().setSlowMemberPolicy("red", SlowMemberPolicy.REMOVE);
        List<BroadcastResult> results = room.bus.server.groups().broadcastAll("red", texts(0, QUEUE + 2));
        assertThat(results.subList(QUEUE, QUEUE + 2))
                .containsExactly(new BroadcastResult(1, 0, 1, 0, 0, 1, 0), new BroadcastResult(0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void listWithAWrongMessageIsForNoMember() {
        enter("n1");
        room.bus.server.groups().join("red", "n1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> room.bus
                        .server
                        .groups()
                        .broadcastAll("red", List.of(Room.text("x"), ByteBuffer.allocate(LONGEST + 1))))
                .withMessage("messages[1] is 1001 bytes, allowed is 0 to 1000 (maxMessageBytes)");
        assertThatNullPointerException()
                .isThrownBy(() -> room.bus.server.groups().broadcastAll("red", Arrays.asList(Room.text("x"), null)))
                .withMessage("messages[1]");
        room.bus.advance(SOON);
        assertThat(room.heard("n1")).isEmpty();
    }
}
