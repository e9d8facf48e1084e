package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.ChannelRefusedException;
import dev.heartbeat.ChannelState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.NodeState;
import dev.heartbeat.QueueOverflow;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Named channels between a client and a server; on virtual time. */
final class ChannelTest {
    private static final ChannelOptions PLAIN = ChannelOptions.defaults();
    private static final ChannelOptions PULL =
            ChannelOptions.builder().delivery(Delivery.PULL).build();

    private final ChannelRecorder atServer = new ChannelRecorder();
    private final ChannelRecorder atClient = new ChannelRecorder();
    private final Bus bus = new Bus(
            51,
            2,
            options -> options.channel("logs", atServer)
                    .channel("pull", PULL, atServer)
                    .channel(
                            "inline",
                            ChannelOptions.builder().delivery(Delivery.INLINE).build(),
                            atServer)
                    .channel("no", channel -> {
                        throw new ChannelRefusedException("not today");
                    })
                    .channel("broken", channel -> {
                        throw new IllegalStateException("a defect");
                    })
                    .channel("careless", channel -> nobody())
                    .fragmentTimeout(Duration.ofSeconds(1))
                    .maxChannels(3));
    private final Host host = bus.world.newHost("client");
    private final HeartbeatClient client = bus.client(host, "n1")
            .channel("news", atClient)
            .channel("broken", channel -> {
                throw new IllegalStateException("a defect");
            })
            .channel("careless", channel -> nobody())
            .connect();

    ChannelTest() {
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private void settle() {
        bus.advance(Duration.ofMillis(100));
    }

    @Test
    void serverListsTheOpenChannelsOfANode() {
        Channel opened = client.openChannel("logs", PLAIN, atClient);
        client.openChannel("no", PLAIN, new ChannelRecorder());
        Channel fromServer = bus.server.openChannel("n1", "news", PLAIN, new ChannelRecorder());
        settle();
        assertThat(namesOfChannels("n1")).containsExactlyInAnyOrder("logs", "news");
        opened.reset("enough");
        settle();
        assertThat(namesOfChannels("n1")).containsExactly("news");
        fromServer.reset("enough");
        settle();
        assertThat(namesOfChannels("n1")).isEmpty();
        assertThat(namesOfChannels("stranger")).isEmpty();
    }

    @Test
    void channelsOfNodesOfOneGatewayAreToldApart() {
        AttachedNode attached = client.attach("a1", Map.of(), new AttachedNodeListener() {});
        settle();
        attached.openChannel("logs", PLAIN, atClient);
        settle();
        assertThat(namesOfChannels("a1")).containsExactly("logs");
        assertThat(namesOfChannels("n1")).isEmpty();
    }

    private List<String> namesOfChannels(String nodeId) {
        CompletableFuture<List<Channel>> channels = bus.server.channels(nodeId);
        settle();
        return channels.join().stream().map(Channel::name).toList();
    }

    private Channel open(String name) {
        Channel channel = client.openChannel(name, PLAIN, atClient);
        settle();
        return channel;
    }

    // ---- opening

    @Test
    @Tag("M54")
    @Tag("M67")
    void clientOpensAndBothSend() {
        Channel up = client.openChannel("logs", PLAIN, atClient);
        assertThat(up.state()).isEqualTo(ChannelState.OPENING);
        assertThat(up.trySend(text("early"))).isEqualTo(SendResult.ACCEPTED);
        settle();
        assertThat(up.state()).isEqualTo(ChannelState.OPEN);
        assertThat(up.opened()).isCompletedWithValue(up);
        assertThat(atServer.last().trySend(text("back"))).isEqualTo(SendResult.ACCEPTED);
        settle();

        assertThat(atServer.events).containsExactly("accepted logs of n1", "message early");
        assertThat(atClient.events).containsExactly("opened", "message back");
        assertThat(atServer.last().node().id()).isEqualTo("n1");
        assertThat(up.node()).isNull();
        assertThat(bus.server.stats().channels().open()).isEqualTo(1);
    }

    @Test
    void serverOpensAndBothSend() {
        Channel down = bus.server.openChannel("n1", "news", PLAIN, atServer);
        down.trySend(text("first"));
        settle();
        atClient.last().trySend(text("thanks"));
        settle();

        assertThat(atClient.events).containsExactly("accepted news of n1", "message first");
        assertThat(atServer.events).containsExactly("opened", "message thanks");
    }

    @Test
    void channelOpenedBeforeTheClientIsRegisteredOpensThen() {
        HeartbeatClient late = bus.client(host, "n2").connect();
        Channel channel = late.openChannel("logs", PLAIN, atClient);
        channel.trySend(text("hello"));
        settle();
        assertThat(atServer.events).containsExactly("accepted logs of n2", "message hello");
    }

    @Test
    void unacceptedChannelIsRefusedWithAReason() {
        Channel channel = open("unheard-of");
        assertThat(channel.state()).isEqualTo(ChannelState.CLOSED);
        assertThat(atClient.events).containsExactly("closed REFUSED: nobody accepts channels of the name unheard-of");
        assertThat(channel.opened()).isCompletedExceptionally();
        assertThat(channel.closed()).isCompletedWithValue(ChannelCloseReason.REFUSED);
        assertThat(channel.trySend(text("x"))).isEqualTo(SendResult.CLOSED);
    }

    @Test
    void applicationRefusesWithItsReasonAndWhatWaitedComesBack() {
        Channel channel = client.openChannel("no", PLAIN, atClient);
        channel.trySend(text("early"));
        settle();
        assertThat(atClient.events).containsExactly("undelivered early LOST", "closed REFUSED: not today");
    }

    @Test
    void acceptorThatThrowsRefusesAndHurtsNobody() {
        open("broken");
        bus.server.openChannel("n1", "broken", PLAIN, atServer);
        settle();
        assertThat(atClient.events).containsExactly("closed REFUSED: the application failed");
        assertThat(atServer.events).containsExactly("closed REFUSED: the application failed");
        assertThat(bus.server.stats().callbacks().failures()).isEqualTo(1);
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(1);
    }

    @SuppressWarnings("NullAway") // An application may return null all the same.
    private static ChannelListener nobody() {
        return null;
    }

    @Test
    void acceptorThatReturnsNullRefusesAndHurtsNobody() {
        Channel channel = open("careless");
        CompletableFuture<Void> early = channel.send(text("early"));
        bus.server.openChannel("n1", "careless", PLAIN, atServer);
        settle();
        assertThat(atClient.events).containsExactly("closed REFUSED: the application failed");
        assertThat(atServer.events).containsExactly("closed REFUSED: the application failed");
        assertThat(channel.state()).isEqualTo(ChannelState.CLOSED);
        assertThat(early).isCompletedExceptionally();
        assertThat(bus.server.stats().callbacks().failures()).isEqualTo(1);
        assertThat(client.stats().callbacks().failures()).isEqualTo(1);
        assertThat(bus.server.stats().channels().open()).isZero();
        assertThat(bus.world.escaped()).isEmpty();
    }

    @Test
    void manyRefusalsDoNotCostTheConnection() {
        for (int i = 0; i < 100; i++) {
            open("no");
        }
        assertThat(atClient.events).hasSize(100).containsOnly("closed REFUSED: not today");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    @Test
    @Tag("M54")
    void thereAreNoMoreThanAllowedAndAPlaceIsFreeAgainAfterwards() {
        Channel first = open("logs");
        open("logs");
        open("logs");
        Channel tooMany = open("logs");
        assertThat(tooMany.closed()).isCompletedWithValue(ChannelCloseReason.FAILED);
        assertThat(atClient.events)
                .last()
                .asString()
                .contains("closed FAILED: the other side allows 3 channels at a time, and 3 are open");
        first.reset("done");
        settle();
        assertThat(open("logs").state()).isEqualTo(ChannelState.OPEN);
        // Those of the other side have a limit of their own.
        assertThat(bus.server.openChannel("n1", "news", PLAIN, atServer).closed())
                .isNotDone();
    }

    @Test
    void serverOpensNoneToWhoIsNotThere() {
        Channel channel = bus.server.openChannel("nobody", "news", PLAIN, atServer);
        settle();
        assertThat(channel.state()).isEqualTo(ChannelState.CLOSED);
        assertThat(atServer.events).containsExactly("closed CONNECTION_LOST: node nobody is not registered");
    }

    @Test
    void namesAreChecked() {
        assertThatThrownBy(() -> client.openChannel("", PLAIN, atClient))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("channel name has 0 characters, expected 1 to 128");
        assertThatThrownBy(() -> bus.server.openChannel("n1", "a b", PLAIN, atServer))
                .hasMessageContaining("character outside");
        assertThatThrownBy(() -> ChannelOptions.builder().weight(0).build())
                .hasMessage("weight is 0, allowed is 1 to 255");
    }

    // ---- ending

    @Test
    @Tag("M60")
    @Tag("M68")
    void eachDirectionEndsByItselfBehindWhatWasAccepted() {
        Channel up = open("logs");
        Channel down = atServer.last();
        up.trySend(ByteBuffer.allocate(200_000));
        up.trySend(text("last"));
        up.end();
        assertThat(up.trySend(text("late"))).isEqualTo(SendResult.CLOSED);
        settle();
        assertThat(atServer.events)
                .containsExactly("accepted logs of n1", "message 200000 bytes", "message last", "ended");
        assertThat(up.state()).isEqualTo(ChannelState.OPEN);
        down.trySend(text("still here"));
        down.end();
        settle();
        assertThat(atClient.events).containsExactly("opened", "message still here", "ended", "closed COMPLETED");
        assertThat(atServer.events).last().isEqualTo("closed COMPLETED");
        assertThat(up.closed()).isCompletedWithValue(ChannelCloseReason.COMPLETED);
        assertThat(bus.server.stats().channels().open()).isZero();
    }

    @Test
    void channelEndedBeforeItIsAcceptedDeliversAndEnds() {
        Channel up = client.openChannel("logs", PLAIN, atClient);
        up.trySend(text("one"));
        up.end();
        settle();
        assertThat(atServer.events).containsExactly("accepted logs of n1", "message one", "ended");
    }

    @Test
    void resetBeforeTheDecisionIsToldAfterIt() {
        bus.serverHost.delayCallbacks(Duration.ofMillis(100));
        for (String name : List.of("inline", "logs", "pull")) {
            atServer.events.clear();
            Channel up = client.openChannel(name, PLAIN, atClient);
            bus.advance(Duration.ofMillis(20));
            up.reset("enough");
            bus.advance(Duration.ofSeconds(1));
            assertThat(atServer.events).containsExactly("accepted " + name + " of n1", "closed RESET_BY_PEER: enough");
        }
    }

    /**
     * A message of which the socket has taken a part, when the channel is closed by this side in
     * one way or the other and the connection is lost then.
     */
    private void closeWhileAMessageLeaves(Consumer<Channel> how) {
        bus.world.links(LinkSettings.LAN.withSocketBuffer(4096));
        Channel up = open("logs");
        atServer.last().end();
        settle();
        bus.serverHost.stopReading(true);
        up.trySend(ByteBuffer.allocate(10_000));
        how.accept(up);
        settle();
        host.resetConnections();
        bus.advance(Duration.ofSeconds(1));
    }

    @Test
    void unsentMessagesOfAResetChannelComeBackBeforeTheClose() {
        closeWhileAMessageLeaves(up -> up.reset("enough"));
        assertThat(atClient.events)
                .containsExactly("opened", "ended", "undelivered 10000 bytes LOST", "closed RESET: enough");
    }

    @Test
    void channelIsCompletedWhenItsEndHasLeftAndNotBefore() {
        closeWhileAMessageLeaves(Channel::end);
        assertThat(atClient.events)
                .containsExactly(
                        "opened",
                        "ended",
                        "undelivered 10000 bytes LOST",
                        "closed CONNECTION_LOST: the connection was lost");
    }

    @Test
    @Tag("M69")
    void resetGivesBackWhatHasNotLeft() {
        Channel up = open("logs");
        up.trySend(text("gone"));
        settle();
        for (int i = 0; i < 3; i++) {
            up.trySend(ByteBuffer.allocate(300_000));
        }
        up.reset("enough");
        settle();
        assertThat(atClient.events)
                .filteredOn(event -> event.contains("undelivered"))
                .isNotEmpty();
        assertThat(atClient.events).last().isEqualTo("closed RESET: enough");
        assertThat(atServer.events)
                .startsWith("accepted logs of n1", "message gone")
                .last()
                .isEqualTo("closed RESET_BY_PEER: enough");
    }

    @Test
    void lostConnectionClosesChannelsAndGivesBack() {
        Channel up = open("logs");
        Channel down = atServer.last();
        host.loseConnections();
        up.trySend(text("x"));
        bus.advance(Duration.ofSeconds(10));
        assertThat(down.trySend(text("y"))).isEqualTo(SendResult.CLOSED);
        assertThat(atClient.events)
                .contains("undelivered x LOST")
                .last()
                .asString()
                .startsWith("closed CONNECTION_LOST");
        assertThat(atServer.events).last().asString().startsWith("closed CONNECTION_LOST");
    }

    @Test
    void closingTheClientSendsWhatWasAccepted() {
        Channel up = open("logs");
        for (int i = 0; i < 5; i++) {
            up.trySend(ByteBuffer.allocate(100_000));
        }
        client.closeAsync();
        bus.advance(Duration.ofSeconds(3));
        assertThat(atServer.events).filteredOn("message 100000 bytes"::equals).hasSize(5);
        assertThat(atClient.events).doesNotContain("undelivered 100000 bytes LOST");
    }

    // ---- flow and order

    @Test
    @Tag("M71")
    void slowReaderIsPushedBackAndHoldsUpNobodyElse() {
        Channel slow = client.openChannel("pull", PLAIN, atClient);
        settle();
        Channel fast = open("logs");
        int accepted = 0;
        for (int i = 0; i < 3_000; i++) {
            if (slow.trySend(ByteBuffer.allocate(1_000)) == SendResult.ACCEPTED) {
                accepted++;
            }
            bus.advance(Duration.ofMillis(1));
        }
        // Nobody has received any: what one window and one queue hold, and no more.
        assertThat(accepted).isBetween(1_000, 64 + 1_000 + 100);
        for (int i = 0; i < 500; i++) {
            fast.trySend(text("m" + i));
        }
        settle();
        assertThat(atServer.events)
                .filteredOn(event -> event.startsWith("message m"))
                .hasSize(500);
        Channel reader = atServer.accepted.get(0);
        int received = 0;
        while (reader.receiveAsync(Duration.ofMillis(50)).isDone()) {
            received++;
            bus.advance(Duration.ofMillis(1));
        }
        bus.advance(Duration.ofSeconds(1));
        assertThat(received).isEqualTo(accepted);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
        assertThat(atClient.events).contains("writable");
    }

    @Test
    void queueIsFullAndSaysWhenThereIsRoom() {
        Channel up = client.openChannel(
                "pull",
                ChannelOptions.builder().queueMessages(10).queueBytes(1 << 20).build(),
                atClient);
        for (int i = 0; i < 10; i++) {
            assertThat(up.trySend(text("m"))).isEqualTo(SendResult.ACCEPTED);
        }
        assertThat(up.trySend(text("m"))).isEqualTo(SendResult.FULL);
        settle();
        assertThat(atClient.events).containsExactly("opened", "writable");
        assertThat(up.trySend(text("m"))).isEqualTo(SendResult.ACCEPTED);
    }

    @Test
    void oldestAreDroppedWhereThatIsWantedAndEachIsTold() {
        ChannelOptions options = ChannelOptions.builder()
                .queueMessages(3)
                .queueBytes(1 << 20)
                .overflow(QueueOverflow.DROP_OLDEST)
                .build();
        Channel up = client.openChannel("logs", options, atClient);
        for (int i = 0; i < 5; i++) {
            assertThat(up.trySend(text("m" + i))).isEqualTo(SendResult.ACCEPTED);
        }
        settle();
        assertThat(atClient.events).containsExactly("undelivered m0 DROPPED", "undelivered m1 DROPPED", "opened");
        assertThat(atServer.events).containsExactly("accepted logs of n1", "message m2", "message m3", "message m4");
    }

    /** The channel stays closed to messages, and no future completes until the test says so. */
    @ParameterizedTest
    @EnumSource(Delivery.class)
    void moreIsRefusedWhileFuturesOfTheDroppedWait(Delivery delivery) {
        int queue = 3;
        ChannelOptions options = ChannelOptions.builder()
                .queueMessages(queue)
                .queueBytes(1 << 20)
                .overflow(QueueOverflow.DROP_OLDEST)
                .delivery(delivery)
                .build();
        bus.serverHost.blockCallbacks(true);
        host.blockCallbacks(true);
        Channel up = client.openChannel("logs", options, atClient);
        List<CompletableFuture<?>> accepted = new ArrayList<>();
        for (int i = 0; i < 10 * queue; i++) {
            CompletableFuture<?> sent = i % 2 == 0 ? up.send(text("m")) : up.request(text("?"), Duration.ofHours(1));
            if (!sent.isDone()) {
                accepted.add(sent);
            }
            settle();
        }
        assertThat(accepted).as("as many wait to be sent as wait to be told").hasSize(2 * queue);

        host.blockCallbacks(false);
        settle();
        assertThat(accepted.subList(0, queue)).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(up.send(text("m"))).as("there is room again").isNotDone();
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void dropsDuringAResetAreReportedBeforeTheEnd(Delivery delivery) {
        ChannelOptions options = ChannelOptions.builder()
                .queueMessages(1)
                .queueBytes(1 << 20)
                .overflow(QueueOverflow.DROP_OLDEST)
                .delivery(delivery)
                .build();
        Channel up = client.openChannel("logs", options, atClient);
        settle();
        atClient.events.clear();
        up.reset("enough");
        up.trySend(text("m0"));
        up.trySend(text("m1"));
        settle();
        assertThat(atClient.events)
                .containsExactlyInAnyOrder("undelivered m0 DROPPED", "undelivered m1 LOST", "closed RESET: enough")
                .last()
                .isEqualTo("closed RESET: enough");
    }

    @Test
    void futureOfAMessageCompletesWhenItHasLeftOrSaysWhyNot() {
        Channel up = open("logs");
        CompletableFuture<Void> left = up.send(text("a"));
        settle();
        assertThat(left).isCompleted();
        CompletableFuture<Void> tooLarge = up.send(ByteBuffer.allocate(11 << 20));
        assertThat(tooLarge).isCompletedExceptionally();
        host.loseConnections();
        CompletableFuture<Void> lost = up.send(text("b"));
        bus.advance(Duration.ofSeconds(10));
        assertThatThrownBy(lost::join)
                .hasCauseInstanceOf(UndeliveredException.class)
                .hasMessageContaining("LOST");
        assertThatThrownBy(up.send(text("c"))::join).hasMessageContaining("CLOSED");
    }

    @Test
    void largeMessagesOfManyChannelsShareTheConnectionAndHeartbeatsGoOn() {
        Bus wide =
                new Bus(52, 2, options -> options.inboundBudgetBytes(512L << 20).otherChannels(PLAIN, atServer));
        Host node = wide.world.newHost("client");
        HeartbeatClient bulky = wide.client(node, "n1").connect();
        wide.world.advanceUntil(bulky.registered()::isDone, Duration.ofSeconds(1));
        for (int i = 0; i < 8; i++) {
            Channel channel = bulky.openChannel("bulk", PLAIN, new ChannelListener() {});
            channel.trySend(ByteBuffer.allocate(5_000_000));
        }
        wide.advance(Duration.ofSeconds(10));
        assertThat(atServer.events).filteredOn("message 5000000 bytes"::equals).hasSize(8);
        assertThat(wide.told.of("n1")).containsExactly("ONLINE");
    }

    // ---- receiving

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void everyDeliveryGivesTheSameMessagesInOrder(Delivery delivery) {
        Bus any = new Bus(
                53,
                2,
                options -> options.channel(
                        "c", ChannelOptions.builder().delivery(delivery).build(), atServer));
        Host node = any.world.newHost("client");
        HeartbeatClient sender = any.client(node, "n1").connect();
        Channel up = sender.openChannel("c", PLAIN, atClient);
        up.trySend(text("a"));
        up.trySend(ByteBuffer.allocate(100_000));
        up.trySend(ByteBuffer.allocate(0));
        up.trySend(text("b"));
        up.end();
        any.advance(Duration.ofSeconds(1));
        List<String> pulled = new ArrayList<>();
        if (delivery == Delivery.PULL) {
            for (int i = 0; i < 4; i++) {
                ByteBuffer message = atServer.last().receiveAsync().join();
                pulled.add("message "
                        + (message.remaining() > 20 ? message.remaining() + " bytes" : ChannelRecorder.text(message)));
            }
            atServer.events.addAll(1, pulled);
        }
        assertThat(atServer.events)
                .containsExactly(
                        "accepted c of n1", "message a", "message 100000 bytes", "message ", "message b", "ended");
    }

    @Test
    void receiveThatTimesOutOrIsCancelledLosesNothing() {
        Channel up = client.openChannel("pull", PLAIN, atClient);
        settle();
        Channel reader = atServer.last();
        CompletableFuture<ByteBuffer> early = reader.receiveAsync(Duration.ofMillis(50));
        bus.advance(Duration.ofMillis(200));
        assertThatThrownBy(early::join).hasCauseInstanceOf(TimeoutException.class);
        CompletableFuture<ByteBuffer> given = reader.receiveAsync();
        given.cancel(false);
        up.trySend(text("a"));
        up.trySend(text("b"));
        CompletableFuture<ByteBuffer> waiting = reader.receiveAsync(Duration.ofSeconds(1));
        settle();
        assertThat(waiting).isCompleted();
        assertThat(ChannelRecorder.text(waiting.join())).isEqualTo("a");
        assertThat(ChannelRecorder.text(reader.receiveAsync().join())).isEqualTo("b");
    }

    @Test
    void messagesBeforeTheCloseCanStillBeReceived() {
        Channel up = client.openChannel("pull", PLAIN, atClient);
        up.trySend(text("a"));
        settle();
        Channel reader = atServer.last();
        host.loseConnections();
        bus.advance(Duration.ofSeconds(10));
        assertThat(reader.state()).isEqualTo(ChannelState.CLOSED);
        assertThat(ChannelRecorder.text(reader.receiveAsync().join())).isEqualTo("a");
        assertThatThrownBy(reader.receiveAsync()::join)
                .hasCauseInstanceOf(HeartbeatException.class)
                .hasMessageContaining("is closed: CONNECTION_LOST");
        CompletableFuture<ByteBuffer> never = reader.receiveAsync(Duration.ofSeconds(1));
        assertThat(never).isCompletedExceptionally();
    }

    @Test
    void receiveIsForPullOnly() {
        assertThatThrownBy(() -> open("logs").receiveAsync())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("delivers by PUSH");
    }

    // ---- requests

    @Test
    @Tag("M56")
    void requestIsAnsweredEitherWay() {
        Channel up = open("logs");
        CompletableFuture<ByteBuffer> reply = up.request(text("how"), Duration.ofSeconds(1));
        CompletableFuture<ByteBuffer> back = atServer.last().request(text("who"), Duration.ofSeconds(1));
        settle();
        assertThat(ChannelRecorder.text(reply.join())).isEqualTo("re: how");
        assertThat(ChannelRecorder.text(back.join())).isEqualTo("re: who");
    }

    @Test
    void requestsOnChannelZeroAreAnsweredEitherWay() {
        Bus asking = new Bus(
                54, 2, options -> options.onRequest((from, request) -> request.reply(text("for " + from.id()))));
        Host node = asking.world.newHost("client");
        HeartbeatClient asked = asking.client(node, "n1")
                .onRequest(request -> request.fail("no idea"))
                .connect();
        asking.world.advanceUntil(asked.registered()::isDone, Duration.ofSeconds(1));
        CompletableFuture<ByteBuffer> reply = asked.request(text("how"), Duration.ofSeconds(1));
        CompletableFuture<ByteBuffer> failed = asking.server.request("n1", text("who"), Duration.ofSeconds(1));
        asking.advance(Duration.ofMillis(100));
        assertThat(ChannelRecorder.text(reply.join())).isEqualTo("for n1");
        assertThatThrownBy(failed::join).hasMessageContaining("the other side did not reply: no idea");
        assertThatThrownBy(asking.server.request("nobody", text("?"), Duration.ofSeconds(1))::join)
                .hasMessageContaining("CLOSED");
    }

    @Test
    @Tag("M72")
    void requestTimesOutAndItsAnswererHearsOfThat() {
        Channel up = open("logs");
        atServer.answers = false;
        CompletableFuture<ByteBuffer> reply = atServer.last().request(text("x"), Duration.ofMillis(500));
        atClient.answers = false;
        bus.advance(Duration.ofSeconds(1));
        assertThatThrownBy(reply::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(atClient.requests.get(0).isCancelled()).isTrue();
        assertThat(atClient.requests.get(0).reply(text("too late"))).isEqualTo(SendResult.CLOSED);
        settle();
        assertThat(bus.server.stats().messages().unmatchedReplies()).isZero();
        assertThat(up.state()).isEqualTo(ChannelState.OPEN);
    }

    @Test
    void cancelledRequestDropsItsReply() {
        open("logs");
        atClient.answers = false;
        CompletableFuture<ByteBuffer> reply = atServer.last().request(text("x"), Duration.ofSeconds(5));
        settle();
        reply.cancel(false);
        assertThat(atClient.requests.get(0).reply(text("y"))).isEqualTo(SendResult.ACCEPTED);
        settle();
        assertThat(bus.server.stats().messages().unmatchedReplies()).isEqualTo(1);
    }

    @Test
    void requestThatIsCancelledBeforeItLeavesIsNotSent() {
        open("logs");
        CompletableFuture<ByteBuffer> reply = atServer.last().request(text("x"), Duration.ofSeconds(5));
        reply.cancel(false);
        settle();
        assertThat(atClient.requests).isEmpty();
    }

    @Test
    void requestsFailWhenTheirChannelCloses() {
        Channel up = open("logs");
        atServer.answers = false;
        CompletableFuture<ByteBuffer> reply = up.request(text("x"), Duration.ofSeconds(60));
        settle();
        atServer.last().reset("no more");
        settle();
        assertThatThrownBy(reply::join)
                .hasCauseInstanceOf(HeartbeatException.class)
                .hasMessageContaining("no reply");
    }

    @Test
    void requestsToANodeThatGoesOfflineFail() {
        Bus asking = new Bus(55);
        Host node = asking.world.newHost("client");
        HeartbeatClient asked =
                asking.client(node, "n1").onRequest(request -> {}).connect();
        asking.world.advanceUntil(asked.registered()::isDone, Duration.ofSeconds(1));
        CompletableFuture<ByteBuffer> reply = asking.server.request("n1", text("x"), Duration.ofSeconds(60));
        asking.advance(Duration.ofMillis(100));
        asked.closeAsync();
        asking.advance(Duration.ofSeconds(3));
        assertThatThrownBy(reply::join).hasMessageContaining("node n1 is OFFLINE: UNREGISTERED");
    }

    // ---- gateways

    @Test
    @Tag("M70")
    void channelOfAGatewaysNodeIsItsOwn() {
        AttachedNode node = client.attach("n1-a", Map.of(), new AttachedNodeListener() {});
        Channel up = node.openChannel("logs", PLAIN, atClient);
        up.trySend(text("from a"));
        settle();
        Channel down = bus.server.openChannel("n1-a", "news", PLAIN, atServer);
        down.trySend(text("to a"));
        settle();
        assertThat(atServer.events).containsExactly("accepted logs of n1-a", "message from a", "opened");
        assertThat(atClient.events).contains("accepted news of n1-a", "message to a");
        assertThat(atClient.last().nodeId()).isEqualTo("n1-a");
        node.detachAsync();
        settle();
        assertThat(up.state()).isEqualTo(ChannelState.CLOSED);
        assertThat(down.state()).isEqualTo(ChannelState.CLOSED);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    @Test
    void requestsReachAGatewaysNodeAndBack() {
        Bus asking = new Bus(
                56, 2, options -> options.onRequest((from, request) -> request.reply(text("for " + from.id()))));
        Host at = asking.world.newHost("client");
        HeartbeatClient gateway = asking.client(at, "gw").connect();
        AttachedNode node = gateway.attach("n1", Map.of(), new AttachedNodeListener() {
            @Override
            public void onRequest(dev.heartbeat.Request request) {
                request.reply(text("from n1"));
            }
        });
        asking.advance(Duration.ofMillis(200));
        CompletableFuture<ByteBuffer> up = node.request(text("?"), Duration.ofSeconds(1));
        CompletableFuture<ByteBuffer> down = asking.server.request("n1", text("?"), Duration.ofSeconds(1));
        asking.advance(Duration.ofMillis(100));
        assertThat(ChannelRecorder.text(up.join())).isEqualTo("for n1");
        assertThat(ChannelRecorder.text(down.join())).isEqualTo("from n1");
    }

    // ---- what a peer may not do

    private ScriptedPeer stranger() {
        return stranger("n2");
    }

    private ScriptedPeer stranger(String id) {
        ScriptedPeer peer = ScriptedPeer.client(host.transport(), bus.server.localAddress());
        return peer.connect().register(id).expectRegistered().ignore("CREDIT");
    }

    private static final String OPEN_LOGS = "ab020a00 00000001 0000000e 0000000000010000 10 04 6c6f6773";

    @Test
    @Tag("M74")
    void messageThatDoesNotGoOnIsGivenUpAndItsMemoryIsFree() {
        ScriptedPeer peer = stranger();
        peer.raw("ab020305 00000000 0000000c 0007 06000400000005 616263")
                .expectError("NO_CAPACITY")
                .ping()
                .expectPong();
        peer.raw("ab020300 00000000 00000002 6465").data("next");
        peer.play();
        bus.advance(Duration.ofSeconds(2));
        peer.verify();
        assertThat(bus.told.of("n2")).contains("message next");
    }

    @Test
    @Tag("M74")
    void channelOnWhichAMessageDoesNotGoOnIsReset() {
        ScriptedPeer peer = stranger();
        peer.raw(OPEN_LOGS)
                .expect("CHANNEL_ACCEPT")
                .raw("ab020305 00000001 0000000c 0007 06000400000005 616263")
                .expect("CHANNEL_RESET");
        peer.play();
        bus.advance(Duration.ofSeconds(2));
        peer.verify();
        assertThat(atServer.events).last().asString().startsWith("closed FAILED: nothing more of a message came");
    }

    @Test
    @Tag("M67")
    @Tag("M68")
    @Tag("M70")
    void framesInAWrongStateCostTheChannelOrTheConnection() {
        String end = "ab020302 00000001 00000000";
        String[][] faults = {
            {end + " " + end, "CHANNEL_RESET"},
            {"ab020303 00000001 00000003 616263", "ERROR"},
            {"ab020304 00000001 0000000c 0007 01000400000007 616263", "ERROR"},
            {"ab020304 00000001 0000000a 0005 0500026e31 616263", "ERROR"},
            {"ab020304 00000001 00000009 0004 02000101 616263", "ERROR"},
            {"ab020305 00000001 0000000c 0007 06000400000005 616263 ab020304 00000001 00000005 0000 616263", "ERROR"},
            {"ab020b00 00000001 00000008 0000000000010000", "ERROR"},
        };
        int strangers = 2;
        for (String[] fault : faults) {
            ScriptedPeer peer = stranger("n" + strangers++);
            peer.raw(OPEN_LOGS).expect("CHANNEL_ACCEPT").raw(fault[0]).expect(fault[1]);
            if (fault[1].equals("CHANNEL_RESET")) {
                peer.ping().expectPong();
            } else {
                peer.expectEndOfStream();
            }
            peer.play();
            bus.advance(Duration.ofSeconds(1));
            peer.verify();
        }
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    @Test
    @Tag("M67")
    void dataBeforeTheApplicationHasAcceptedCostsTheConnection() {
        bus.serverHost.delayCallbacks(Duration.ofSeconds(1));
        ScriptedPeer peer = stranger();
        peer.raw(OPEN_LOGS)
                .raw("ab020300 00000001 00000003 616263")
                .expectError("UNEXPECTED_FRAME")
                .expectEndOfStream();
        peer.play();
        bus.advance(Duration.ofSeconds(2));
        peer.verify();
    }

    @Test
    @Tag("M69")
    void framesThatCrossedWithAResetAreIgnored() {
        ScriptedPeer peer = stranger();
        peer.raw(OPEN_LOGS)
                .expect("CHANNEL_ACCEPT")
                .raw("ab020c00 00000001 00000002 002c")
                .raw("ab020300 00000001 00000003 616263")
                .raw("ab020d00 00000001 00000008 0000000000020000")
                .raw("ab020c00 00000001 00000002 002c")
                .ping()
                .expectPong();
        peer.play();
        bus.advance(Duration.ofSeconds(1));
        peer.verify();
        assertThat(atServer.events).containsExactly("accepted logs of n2", "closed RESET_BY_PEER: CHANNEL_CANCELLED");
    }

    @Test
    void floodOfOpensEndsTheConnectionAndNothingElse() {
        ScriptedPeer peer = stranger();
        for (int i = 0; i < 40; i++) {
            peer.raw(String.format("ab020a00 %08x 0000000e 0000000000010000 10 04 6c6f6773", 2 * i + 1));
        }
        peer.ignore("CHANNEL_ACCEPT")
                .ignore("CHANNEL_RESET")
                .expectError("TOO_MANY_ERRORS")
                .expectEndOfStream();
        peer.play();
        bus.advance(Duration.ofSeconds(1));
        peer.verify();
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }

    @Test
    @Tag("M54")
    @Tag("M69")
    void floodOfOpensAndResetsIsBoundedByWhatTheApplicationHasHandled() {
        bus.serverHost.delayCallbacks(Duration.ofSeconds(1));
        ScriptedPeer peer = stranger();
        for (int i = 0; i < 100; i++) {
            peer.raw(String.format("ab020a00 %08x 0000000e 0000000000010000 10 04 6c6f6773", 2 * i + 1));
            peer.raw(String.format("ab020c00 %08x 00000002 002c", 2 * i + 1));
        }
        peer.ignore("CHANNEL_ACCEPT").ignore("CHANNEL_RESET").ping().expectPong();
        peer.play();
        bus.advance(Duration.ofSeconds(2));
        peer.verify();
        assertThat(atServer.accepted).hasSizeLessThanOrEqualTo(6);
        // Twice as many as may be open wait for their report. That is not the opener's fault, and
        // does not count.
        assertThat(bus.server.stats().connections().errorsSent()).isEqualTo(Map.of("NO_CAPACITY", 94L));
    }

    @Test
    @Tag("M9")
    void endlessOpensWithUnreadAnswersCauseTooManyErrors() {
        Host deaf = bus.world.newHost("deaf");
        ScriptedPeer peer = ScriptedPeer.client(deaf.transport(), bus.server.localAddress());
        peer.connect().register("n2").expectRegistered();
        peer.play();
        settle();
        deaf.stopReading(true);
        int opens = 0;
        while (bus.told.of("n2").size() == 1 && opens < 20_000) {
            peer.raw(String.format("ab020a00 %08x 0000000d 0000000000010000 10 03 6e6577", 2 * ++opens + 1));
            peer.play();
            bus.advance(Duration.ofMillis(1));
        }
        assertThat(bus.told.of("n2")).containsExactly("ONLINE", "OFFLINE(PROTOCOL_ERROR)");
        assertThat(bus.server.stats().connections().errorsSent()).containsEntry("TOO_MANY_ERRORS", 1L);
    }
}
