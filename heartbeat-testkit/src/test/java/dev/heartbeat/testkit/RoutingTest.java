package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages and requests of one node to another, through the server; on virtual time. */
final class RoutingTest {
    private final Bus bus = new Bus(
            61,
            2,
            options -> options.routes((from, to) -> !to.startsWith("secret"))
                    .channelQueueMessages(4)
                    .channelQueueBytes(1 << 20));
    private final List<String> heard = new ArrayList<>();
    private final ClientRecorder told = new ClientRecorder();
    private final HeartbeatClient one = client(bus, "one");
    private final HeartbeatClient two = client(bus, "two");

    private HeartbeatClient client(Bus on, String id) {
        HeartbeatClient client = on.client(on.world.newHost(id), id)
                .listener(told)
                .onMessage(message -> heard.add(id + " hears the server: " + ChannelRecorder.text(message)))
                .onNodeMessage(
                        (from, message) -> heard.add(id + " hears " + from + ": " + ChannelRecorder.text(message)))
                .onRequest(request -> request.reply(text(id + " to " + request.source())))
                .connect();
        on.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private void settle() {
        bus.advance(Duration.ofMillis(200));
    }

    @Test
    @Tag("M75")
    void messageReachesTheOtherNodeWithItsSendersId() {
        assertThat(one.trySend("two", text("hello"))).isEqualTo(SendResult.ACCEPTED);
        assertThat(one.trySend("one", text("myself"))).isEqualTo(SendResult.ACCEPTED);
        settle();
        assertThat(heard).containsExactlyInAnyOrder("two hears one: hello", "one hears one: myself");
        assertThat(bus.told.of("one")).containsExactly("ONLINE");
    }

    @Test
    @Tag("M75")
    void requestIsAnsweredByTheOtherNode() {
        CompletableFuture<ByteBuffer> reply = one.request("two", text("who"), Duration.ofSeconds(1));
        settle();
        assertThat(ChannelRecorder.text(reply.join())).isEqualTo("two to one");
    }

    @Test
    @Tag("M75")
    void forbiddenOrUndeliveredMessageIsReported() {
        one.trySend("secret-1", text("x"));
        settle();
        one.trySend("nobody", text("x"));
        settle();
        assertThat(told.events())
                .contains(
                        "error the server reports NOT_PASSED_ON: not passed on to secret-1: the server does not allow it",
                        "error the server reports NOT_PASSED_ON: not passed on to nobody: it is not registered");
        assertThat(bus.server.stats().distribution().notPassedOn()).isEqualTo(2);
        CompletableFuture<ByteBuffer> refused = one.request("secret-1", text("x"), Duration.ofSeconds(10));
        CompletableFuture<ByteBuffer> absent = one.request("nobody", text("x"), Duration.ofSeconds(10));
        settle();
        assertThatThrownBy(refused::join)
                .hasCauseInstanceOf(HeartbeatException.class)
                .hasMessageContaining("the server does not allow it");
        assertThatThrownBy(absent::join).hasMessageContaining("it is not registered");
    }

    @Test
    @Tag("M75")
    void manyThatAreNotPassedOnDoNotCostTheConnection() {
        for (int i = 0; i < 200; i++) {
            one.trySend("nobody", text("x"));
            settle();
        }
        assertThat(bus.told.of("one")).containsExactly("ONLINE");
        assertThat(bus.server.stats().distribution().notPassedOn()).isEqualTo(200);
    }

    @Test
    void nothingIsPassedOnWhereNobodyAllowsIt() {
        Bus strict = new Bus(62);
        HeartbeatClient alone = client(strict, "alone");
        alone.trySend("alone", text("x"));
        strict.advance(Duration.ofMillis(200));
        assertThat(heard).isEmpty();
        assertThat(told.events()).anyMatch(event -> event.contains("the server does not allow it"));
    }

    @Test
    @Tag("M75")
    void messagesForANodeThatGoesOfflineComeBack() {
        Host cut = bus.world.newHost("three");
        HeartbeatClient three = bus.client(cut, "three").connect();
        bus.world.advanceUntil(three.registered()::isDone, Duration.ofSeconds(1));
        cut.powerOff();
        // The first fill the credit and the socket; of the others none finds its queue full.
        for (int i = 0; i < 4; i++) {
            assertThat(one.trySend("three", ByteBuffer.allocate(200_000))).isEqualTo(SendResult.ACCEPTED);
            bus.advance(Duration.ofMillis(300));
        }
        assertThat(bus.server.stats().distribution().notPassedOn()).isZero();
        bus.advance(Duration.ofSeconds(10));
        assertThat(told.events()).contains("error the server reports NOT_PASSED_ON: not passed on to three: CLOSED");
        assertThat(bus.told.of("one")).containsExactly("ONLINE");
    }

    @Test
    void gatewaysNodesSendAndReceiveLikeAnyOther() {
        AttachedNode node = two.attach("two-a", Map.of(), new AttachedNodeListener() {
            @Override
            public void onNodeMessage(String from, ByteBuffer message) {
                heard.add("two-a hears " + from + ": " + ChannelRecorder.text(message));
            }

            @Override
            public void onRequest(Request request) {
                request.reply(text("two-a to " + request.source()));
            }
        });
        settle();
        node.trySend("one", text("up"));
        one.trySend("two-a", text("down"));
        CompletableFuture<ByteBuffer> reply = one.request("two-a", text("?"), Duration.ofSeconds(1));
        CompletableFuture<ByteBuffer> back = node.request("one", text("?"), Duration.ofSeconds(1));
        settle();
        assertThat(heard).containsExactlyInAnyOrder("one hears two-a: up", "two-a hears one: down");
        assertThat(ChannelRecorder.text(reply.join())).isEqualTo("two-a to one");
        assertThat(ChannelRecorder.text(back.join())).isEqualTo("one to two-a");
    }

    @Test
    void destinationMustBeANodeId() {
        assertThatThrownBy(() -> one.trySend("", text("x"))).isInstanceOf(IllegalArgumentException.class);
    }
}
