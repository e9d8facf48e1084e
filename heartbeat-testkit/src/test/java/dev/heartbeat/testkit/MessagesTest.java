package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.NodeState;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages on channel 0, both ways; on virtual time. */
final class MessagesTest {
    private final Bus bus = new Bus(41);
    private final Host host = bus.world.newHost("client");
    private final ClientRecorder told = new ClientRecorder();
    private final List<byte[]> received = new ArrayList<>();

    private HeartbeatClient connect(Bus to) {
        HeartbeatClient client = to.client(host == null ? to.world.newHost("client") : host, "n1")
                .listener(told)
                .onMessage(message -> received.add(bytes(message)))
                .connect();
        to.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    private static byte[] bytes(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return bytes;
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void messageAndAnswerArrive() {
        HeartbeatClient client = connect(bus);
        assertThat(client.trySend(text("hello"))).isEqualTo(SendResult.ACCEPTED);
        assertThat(bus.server.trySend("n1", text("welcome"))).isEqualTo(SendResult.ACCEPTED);
        bus.advance(Bus.TOLERANCE);

        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "message hello");
        assertThat(received).extracting(String::new).containsExactly("welcome");
    }

    @ParameterizedTest
    @ValueSource(ints = {16_396, 20_000, 65_536, 1_000_000})
    @Tag("M35")
    @Tag("M39")
    @Tag("M43")
    @Tag("M44")
    void messagesOfAnySizeArriveWholeAndInOrderThroughAnyWindow(int window) {
        Bus tight = new Bus(window, 2, options -> options.windowBytes(window).maxMessageBytes(3_000_000));
        Host node = tight.world.newHost("client");
        List<byte[]> down = new ArrayList<>();
        HeartbeatClient client = tight.client(node, "n1")
                .windowBytes(window)
                .queueMessages(1000)
                .queueBytes(100_000_000)
                .onMessage(message -> down.add(bytes(message)))
                .connect();
        tight.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        List<byte[]> sent = new ArrayList<>();
        Random random = new Random(window);
        int[] sizes = {0, 1, 12, 16_371, 16_372, 16_384, 16_385, 32_768, 65_000, 65_536, 100_000, 2_999_999, 0, 5};
        for (int round = 0; round < 3; round++) {
            for (int size : sizes) {
                byte[] message = new byte[size];
                random.nextBytes(message);
                sent.add(message);
                tight.world.advanceUntil(
                        () -> tight.server.trySend("n1", ByteBuffer.wrap(message)) == SendResult.ACCEPTED,
                        Duration.ofSeconds(60));
                assertThat(client.trySend(ByteBuffer.wrap(message))).isEqualTo(SendResult.ACCEPTED);
            }
        }
        tight.advance(Duration.ofMinutes(2));

        assertThat(down).usingElementComparator(java.util.Arrays::compare).containsExactlyElementsOf(sent);
        assertThat(tight.server.stats().messages().received()).isEqualTo(sent.size());
        assertThat(tight.server.stats().messages().sent()).isEqualTo(sent.size());
        assertThat(tight.told.count("SUSPECT")).isZero();
        assertThat(tight.server.stats().connections().errorsSent()).isEmpty();
    }

    @Test
    void fullQueueSaysSoAndDropsNothing() {
        Bus small = new Bus(42, 1, options -> options.channelQueueMessages(10));
        Host node = small.newNode("n1");
        node.pause();
        int accepted = 0;
        while (small.server.trySend("n1", ByteBuffer.wrap(new byte[30_000])) == SendResult.ACCEPTED) {
            accepted++;
            small.advance(Duration.ofMillis(5));
            assertThat(accepted).isLessThan(100);
        }
        assertThat(small.server.trySend("n1", text("one more"))).isEqualTo(SendResult.FULL);
        node.resume();
        small.advance(Duration.ofSeconds(5));

        assertThat(small.server.stats().messages().sent()).isEqualTo(accepted);
        assertThat(small.told.count("undelivered")).isZero();
    }

    @Test
    void strangerIsClosedAndAMessageTooLargeIsRefused() {
        connect(bus);
        assertThat(bus.server.trySend("nobody", text("x"))).isEqualTo(SendResult.CLOSED);
        assertThat(bus.server.trySend("n1", ByteBuffer.allocate(10 * 1024 * 1024 + 1)))
                .isEqualTo(SendResult.TOO_LARGE);
    }

    @Test
    void messageToALostNodeWaitsForItsReturn() {
        connect(bus);
        host.resetConnections();
        bus.world.advanceUntil(() -> bus.server.nodes().count(NodeState.SUSPECT) == 1, Duration.ofSeconds(1));
        assertThat(bus.server.trySend("n1", text("when you are back"))).isEqualTo(SendResult.ACCEPTED);
        bus.advance(Duration.ofSeconds(3));

        assertThat(received).extracting(String::new).containsExactly("when you are back");
    }

    @Test
    void messagesForANodeThatNeverReturnsAreReported() {
        connect(bus);
        host.crash();
        bus.world.advanceUntil(() -> bus.server.nodes().count(NodeState.SUSPECT) == 1, Duration.ofSeconds(1));
        bus.server.trySend("n1", text("one"));
        bus.server.trySend("n1", text("two"));
        bus.advance(Duration.ofSeconds(10));

        assertThat(bus.told.of("n1"))
                .containsExactly("ONLINE", "SUSPECT(LOST)", "undelivered one", "undelivered two", "OFFLINE(CLOSED)");
        assertThat(bus.server.trySend("n1", text("three"))).isEqualTo(SendResult.CLOSED);
    }

    @Test
    void clientThatIsNotConnectedKeepsItsMessagesAndTellsThemWhenItIsClosed() {
        bus.world.isolate(bus.serverHost);
        HeartbeatClient client = bus.client(host, "n1").listener(told).connect();
        bus.advance(Duration.ofSeconds(1));
        assertThat(client.trySend(text("kept"))).isEqualTo(SendResult.ACCEPTED);
        client.closeAsync();
        bus.advance(Duration.ofSeconds(1));

        assertThat(told.events()).containsExactly("undelivered kept", "closed LOCAL");
        assertThat(client.trySend(text("late"))).isEqualTo(SendResult.CLOSED);
    }

    @Test
    void goodbyeFollowsEverythingThatWasAccepted() {
        HeartbeatClient client = connect(bus);
        for (int i = 0; i < 30; i++) {
            client.trySend(ByteBuffer.wrap(new byte[30_000]));
        }
        client.closeAsync();
        bus.advance(Duration.ofSeconds(5));

        assertThat(bus.told.count("message 30000 bytes")).isEqualTo(30);
        assertThat(bus.told.of("n1")).endsWith("OFFLINE(UNREGISTERED)");
        assertThat(told.events()).noneMatch(event -> event.startsWith("undelivered"));
    }

    @Test
    void drainingServerDeliversWhatItAcceptedBeforeItSendsItsNodesAway() {
        connect(bus);
        for (int i = 0; i < 20; i++) {
            bus.server.trySend("n1", ByteBuffer.wrap(new byte[40_000]));
        }
        var shutdown = bus.server.shutdownAsync(Duration.ofSeconds(10));
        bus.advance(Duration.ofSeconds(3));

        assertThat(shutdown).isCompleted();
        assertThat(received).hasSize(20);
        assertThat(bus.told.count("undelivered")).isZero();
        assertThat(bus.server.trySend("n1", text("late"))).isEqualTo(SendResult.CLOSED);
    }

    @Test
    void closingServerTellsWhatItCouldNotDeliver() {
        connect(bus);
        host.pause();
        int sent = 0;
        while (bus.server.trySend("n1", ByteBuffer.wrap(new byte[60_000])) == SendResult.ACCEPTED) {
            sent++;
            bus.advance(Duration.ofMillis(1));
        }
        var closed = bus.server.closeAsync();
        bus.advance(Duration.ofSeconds(11));

        assertThat(closed).isCompleted();
        assertThat(bus.told.count("undelivered") + bus.server.stats().messages().sent())
                .isEqualTo(sent);
        assertThat(bus.told.of("n1")).contains("OFFLINE(SHUTDOWN)");
    }

    @Test
    @Tag("M90")
    void nodeThatTakesNothingIsDisconnected() {
        Bus strict = new Bus(
                43,
                1,
                options -> options.writeStallTimeout(Duration.ofSeconds(1)).windowBytes(1 << 20));
        Host node = strict.world.newHost("client");
        HeartbeatClient client = strict.client(node, "n1").windowBytes(1 << 20).connect();
        strict.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        node.pause();
        for (int i = 0; i < 10; i++) {
            strict.server.trySend("n1", ByteBuffer.wrap(new byte[100_000]));
        }
        strict.advance(Duration.ofMillis(2200));

        assertThat(strict.told.of("n1")).contains("SUSPECT(LOST)");
        assertThat(strict.server.stats().connections().writeStalls()).isEqualTo(1);
    }

    @Test
    void throwingHandlerHurtsNobody() {
        Bus throwing = new Bus(
                44,
                1,
                options -> options.onMessage((from, message) -> {
                    throw new AssertionError("planted");
                }));
        HeartbeatClient client =
                throwing.client(throwing.world.newHost("client"), "n1").connect();
        throwing.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        for (int i = 0; i < 100; i++) {
            client.trySend(ByteBuffer.wrap(new byte[5_000]));
            throwing.advance(Duration.ofMillis(20));
        }

        assertThat(throwing.server.stats().callbacks().failures()).isEqualTo(100);
        assertThat(throwing.server.stats().messages().received()).isEqualTo(100);
        assertThat(throwing.told.of("n1")).containsExactly("ONLINE");
    }

    @Test
    @Tag("M36")
    void messageForWhichThereIsNoMemoryIsToldAndTheNextArrives() {
        Bus poor = new Bus(45, 1, options -> options.inboundBudgetBytes(100_000));
        ClientRecorder senderTold = new ClientRecorder();
        HeartbeatClient client = poor.client(poor.world.newHost("client"), "n1")
                .listener(senderTold)
                .connect();
        poor.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        client.trySend(ByteBuffer.wrap(new byte[200_000]));
        client.trySend(ByteBuffer.wrap(new byte[90_000]));
        poor.advance(Duration.ofSeconds(5));

        assertThat(poor.told.of("n1")).containsExactly("ONLINE", "message 90000 bytes");
        assertThat(senderTold.events()).anyMatch(event -> event.contains("NO_CAPACITY"));
    }

    @Test
    void callbackThatWouldWaitForItselfIsRefused() {
        List<Throwable> refusals = new ArrayList<>();
        Bus[] created = new Bus[1];
        Bus waiting = new Bus(
                46,
                1,
                options -> options.onMessage((from, message) -> {
                    try {
                        created[0].server.close();
                    } catch (IllegalStateException e) {
                        refusals.add(e);
                    }
                }));
        created[0] = waiting;
        HeartbeatClient client =
                waiting.client(waiting.world.newHost("client"), "n1").connect();
        client.trySend(text("close yourself"));
        waiting.advance(Duration.ofSeconds(1));

        assertThat(refusals)
                .singleElement()
                .extracting(Throwable::getMessage)
                .asString()
                .contains("closeAsync()");
    }

    @Test
    @Tag("M53")
    void kickIsTheReasonEvenWhereMessagesStillWait() {
        Bus slow = new Bus(47, 1, options -> options.windowBytes(16_396));
        HeartbeatClient client = slow.client(slow.world.newHost("client"), "n1")
                .queueMessages(1000)
                .queueBytes(100_000_000)
                .listener(told)
                .connect();
        slow.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        slow.serverHost.stopReading(true);
        for (int i = 0; i < 100; i++) {
            client.trySend(ByteBuffer.wrap("waits".getBytes(StandardCharsets.UTF_8)));
            client.trySend(ByteBuffer.wrap(new byte[3000]));
        }
        slow.advance(Duration.ofMillis(100));
        slow.server.kick("n1", "enough");
        slow.advance(Duration.ofSeconds(10));

        assertThat(told.events()).endsWith("closed KICKED").contains("disconnected KICKED");
        assertThat(told.events().stream().filter(event -> event.startsWith("undelivered")))
                .isNotEmpty();
    }
}
