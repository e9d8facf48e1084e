package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.UndeliveredException.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A message that the other side refuses, and who hears of it; on virtual time. */
final class RefusedMessagesTest {
    private static final int BUDGET = 100_000;
    private static final int TOO_MUCH = 200_000;
    private static final ChannelOptions SMALL =
            ChannelOptions.builder().windowBytes(20_000).maxWindowBytes(20_000).build();
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** The returned messages, as all listeners heard of them. */
    private final List<String> told = new ArrayList<>();

    private final List<Integer> delivered = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final Bus bus = new Bus(
            91,
            1,
            options -> options.inboundBudgetBytes(BUDGET)
                    .fragmentTimeout(Duration.ofMillis(500))
                    .listener(new AtServer())
                    .onMessage((from, message) -> delivered.add(message.remaining()))
                    .onRequest((from, request) -> request.reply(ByteBuffer.allocate(1)))
                    .channel("logs", SMALL, channel -> new OfChannel("server's channel")));
    private final Host host = bus.world.newHost("client");
    private final HeartbeatClient client = connect(host, "n1");

    private HeartbeatClient connect(Host at, String id) {
        HeartbeatClient made = bus.client(at, id)
                .inboundBudgetBytes(BUDGET)
                .fragmentTimeout(Duration.ofMillis(500))
                .listener(new AtClient())
                .onMessage(message -> delivered.add(message.remaining()))
                .onRequest(request -> request.reply(ByteBuffer.allocate(1)))
                .channel("news", SMALL, channel -> new OfChannel("client's channel"))
                .connect();
        bus.world.advanceUntil(made.registered()::isDone, Duration.ofSeconds(1));
        return made;
    }

    /** A host whose link to the server needs a second for a large message. */
    private Host newSlowHost() {
        Host slow = bus.world.newHost("slow");
        bus.world.link(
                slow,
                bus.serverHost,
                LinkSettings.LAN.withBytesPerSecond(50_000).withSocketBuffer(16_384));
        return slow;
    }

    private final class AtServer implements NodeListener {
        @Override
        public void onUndelivered(Node node, ByteBuffer message, Reason reason) {
            told.add("node " + node.id() + ": " + message.remaining() + " " + reason);
        }
    }

    private final class AtClient implements ClientListener {
        @Override
        public void onUndelivered(ByteBuffer message, Reason reason) {
            told.add("client: " + message.remaining() + " " + reason);
        }

        @Override
        public void onError(HeartbeatException error) {
            errors.add(error.getMessage());
        }
    }

    private final class OfAttached implements AttachedNodeListener {
        @Override
        public void onUndelivered(ByteBuffer message, Reason reason) {
            told.add("attached: " + message.remaining() + " " + reason);
        }
    }

    private final class OfChannel implements ChannelListener {
        private final String name;

        OfChannel(String name) {
            this.name = name;
        }

        @Override
        public void onMessage(Channel channel, ByteBuffer message) {
            delivered.add(message.remaining());
        }

        @Override
        public void onUndelivered(Channel channel, ByteBuffer message, Reason reason) {
            told.add(name + ": " + message.remaining() + " " + reason);
        }

        @Override
        public void onClosed(Channel channel, ChannelCloseReason reason, String why) {
            told.add(name + " closed " + reason);
        }
    }

    private static ByteBuffer message(int size) {
        return ByteBuffer.allocate(size);
    }

    private void settle() {
        bus.advance(Duration.ofSeconds(1));
    }

    private static Reason reasonOf(CompletableFuture<?> failed) {
        assertThat(failed).isCompletedExceptionally();
        Throwable failure = failed.handle((value, why) -> why).join();
        assertThat(failure).isInstanceOf(UndeliveredException.class);
        return ((UndeliveredException) failure).reason();
    }

    // ---- a plain message

    @Test
    @Tag("M97")
    void clientHearsOfEachMessageThatTheServerRefuses() {
        client.trySend(message(TOO_MUCH));
        client.trySend(message(10));
        client.trySend(message(TOO_MUCH + 1));
        client.trySend(message(90_000));
        client.trySend(message(TOO_MUCH + 2));
        settle();
        assertThat(told).containsExactly("client: 200000 REFUSED", "client: 200001 REFUSED", "client: 200002 REFUSED");
        assertThat(delivered).containsExactly(10, 90_000);
        assertThat(client.stats().messages().undeliveredTotal()).isEqualTo(3);
        bus.advance(MINUTE);
        assertThat(told).hasSize(3);
    }

    @Test
    @Tag("M97")
    void serverHearsOfEachMessageThatTheClientRefuses() {
        bus.server.trySend("n1", message(TOO_MUCH));
        bus.server.trySend("n1", message(10));
        bus.server.trySend("n1", message(TOO_MUCH + 1));
        settle();
        assertThat(told).containsExactly("node n1: 200000 REFUSED", "node n1: 200001 REFUSED");
        assertThat(delivered).containsExactly(10);
        assertThat(bus.server.stats().messages().undeliveredTotal()).isEqualTo(2);
    }

    @Test
    @Tag("M97")
    void attachedNodeHearsOfItsOwnAndSoDoesTheServer() {
        AttachedNode node = client.attach("a1", Map.of(), new OfAttached());
        settle();
        node.trySend(message(TOO_MUCH));
        client.trySend(message(TOO_MUCH + 1));
        bus.server.trySend("a1", message(TOO_MUCH + 2));
        settle();
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "attached: 200000 REFUSED", "client: 200001 REFUSED", "node a1: 200002 REFUSED");
    }

    @Test
    @Tag("M97")
    void sendThatWasDoneStaysDone() {
        CompletableFuture<Void> sent = client.send(message(TOO_MUCH));
        CompletableFuture<Void> toNode = bus.server.send("n1", message(TOO_MUCH));
        settle();
        for (CompletableFuture<Void> each : List.of(sent, toNode)) {
            assertThat(each).isDone();
        }
        long failed = List.of(sent, toNode).stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .count();
        assertThat(failed + told.size()).isEqualTo(2);
        assertThat(client.stats().messages().undeliveredTotal()).isEqualTo(1);
        assertThat(bus.server.stats().messages().undeliveredTotal()).isEqualTo(1);
    }

    // ---- a request

    @Test
    @Tag("M97")
    void requestFailsAtOnce() {
        AttachedNode node = client.attach("a1", Map.of(), new OfAttached());
        settle();
        List<CompletableFuture<ByteBuffer>> refused = List.of(
                client.request(message(TOO_MUCH), MINUTE),
                node.request(message(TOO_MUCH), MINUTE),
                bus.server.request("n1", message(TOO_MUCH), MINUTE));
        CompletableFuture<ByteBuffer> taken = client.request(message(10), MINUTE);
        settle();
        assertThat(refused).extracting(RefusedMessagesTest::reasonOf).containsOnly(Reason.REFUSED);
        assertThat(taken).isCompletedWithValueMatching(reply -> reply.remaining() == 1);
        assertThat(told).isEmpty();
    }

    // ---- channels

    @Test
    @Tag("M98")
    void channelHearsOfTheMessageForWhichItEnds() {
        Channel logs = client.openChannel("logs", SMALL, new OfChannel("client's end"));
        Channel news = bus.server.openChannel("n1", "news", SMALL, new OfChannel("server's end"));
        settle();
        for (Channel each : List.of(logs, news)) {
            each.trySend(message(10));
            each.trySend(message(TOO_MUCH));
        }
        settle();
        assertThat(told)
                .containsSubsequence("client's end: 200000 REFUSED", "client's end closed FAILED")
                .containsSubsequence("server's end: 200000 REFUSED", "server's end closed FAILED");
        assertThat(delivered).containsExactly(10, 10);
    }

    @Test
    @Tag("M98")
    void requestOnAChannelFailsWithTheChannel() {
        Channel logs = client.openChannel("logs", SMALL, new OfChannel("client's end"));
        settle();
        CompletableFuture<ByteBuffer> refused = logs.request(message(TOO_MUCH), MINUTE);
        settle();
        assertThat(reasonOf(refused)).isEqualTo(Reason.REFUSED);
    }

    // ---- a message that stalls

    private void stall(Host sender) {
        bus.advance(Duration.ofMillis(300));
        sender.pause();
        bus.advance(Duration.ofMillis(1_200));
        sender.resume();
        bus.advance(Duration.ofSeconds(2));
    }

    @Test
    @Tag("M97")
    void senderOfAMessageThatStallsHearsThatItWasGivenUp() {
        Host slow = newSlowHost();
        HeartbeatClient far = connect(slow, "n2");
        far.trySend(message(90_000));
        far.trySend(message(20));
        stall(slow);
        assertThat(told).containsExactly("client: 90000 REFUSED");
        assertThat(delivered).containsExactly(20);
        assertThat(bus.server.stats().connections().errorsSent()).containsOnly(Map.entry("NO_CAPACITY", 1L));
    }

    @Test
    @Tag("M97")
    void serverWhoseMessageStallsHearsThatItWasGivenUp() {
        HeartbeatClient unused = connect(newSlowHost(), "n2");
        bus.server.trySend("n2", message(90_000));
        bus.server.trySend("n2", message(20));
        stall(bus.serverHost);
        assertThat(told).containsExactly("node n2: 90000 REFUSED");
        assertThat(delivered).containsExactly(20);
    }

    // ---- what a stranger says

    private ScriptedPeer registered(Host at, HeartbeatClient[] made) {
        ScriptedPeer server = ScriptedPeer.server(at.transport());
        made[0] = HeartbeatClient.builder()
                .server(at.address(), server.address().getPort())
                .nodeId("n9")
                .transport(host.transport())
                .listener(new AtClient())
                .connect();
        server.expectConnection()
                .expectRegister("n9")
                .registered()
                .ignore("HEARTBEAT_REQ")
                .ignore("PING")
                .ignore("CREDIT");
        return server;
    }

    @Test
    @Tag("M97")
    void refusalOfNothingIsIgnoredAndSeveralComeInOneError() {
        HeartbeatClient[] made = new HeartbeatClient[1];
        ScriptedPeer server = registered(bus.world.newHost("stranger"), made);
        server.play();
        settle();
        CompletableFuture<ByteBuffer> first = made[0].request(message(1), MINUTE);
        made[0].trySend(message(2));
        CompletableFuture<ByteBuffer> third = made[0].request(message(3), MINUTE);
        CompletableFuture<ByteBuffer> fourth = made[0].request(message(4), MINUTE);
        for (int i = 0; i < 4; i++) {
            server.expect("DATA");
        }
        // 0, 1, 3, 3, 5, and the greatest.
        server.raw("ab020800 00000000 00000045 02002a 840008 0000000000000000 840008 0000000000000001"
                + " 840008 0000000000000003 840008 0000000000000003 840008 0000000000000005"
                + " 840008 ffffffffffffffff");
        server.play();
        settle();
        server.verify();
        assertThat(reasonOf(first)).isEqualTo(Reason.REFUSED);
        assertThat(reasonOf(third)).isEqualTo(Reason.REFUSED);
        assertThat(fourth).isNotDone();
        assertThat(told).isEmpty();
        assertThat(made[0].stats().messages().undeliveredTotal()).isEqualTo(2);
    }

    @Test
    @Tag("M99")
    void receivedMessagesAreNotRefusedAfterwards() {
        client.trySend(message(90_000));
        CompletableFuture<ByteBuffer> answered = client.request(message(10), MINUTE);
        bus.advance(Duration.ofSeconds(5));
        assertThat(answered).isCompleted();
        assertThat(delivered).containsExactly(90_000);
        client.trySend(message(TOO_MUCH));
        settle();
        assertThat(told).containsExactly("client: 200000 REFUSED");
    }

    @Test
    @Tag("M97")
    void refusalsThatWaitedForAFullSocketNameEachMessage() {
        for (int i = 0; i < 3; i++) {
            client.trySend(message(TOO_MUCH + i));
        }
        host.stopReading(true);
        for (int i = 0; i < 40; i++) {
            bus.server.trySend("n1", message(50_000));
        }
        bus.advance(Duration.ofMillis(500));
        host.stopReading(false);
        bus.advance(Duration.ofSeconds(5));
        assertThat(told)
                .filteredOn(line -> line.startsWith("client"))
                .containsExactly("client: 200000 REFUSED", "client: 200001 REFUSED", "client: 200002 REFUSED");
    }
}
