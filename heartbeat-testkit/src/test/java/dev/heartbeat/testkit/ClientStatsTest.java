package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.QueueOverflow;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client's counts, compared with its server's; on virtual time. */
final class ClientStatsTest {
    private final List<Request> asked = new ArrayList<>();
    private final ChannelRecorder atServer = new ChannelRecorder();
    private final Bus bus = new Bus(
            77,
            2,
            options -> options.onRequest((from, request) -> asked.add(request))
                    .channel("PUSH", delivery(Delivery.PUSH), atServer)
                    .channel("INLINE", delivery(Delivery.INLINE), atServer)
                    .channel("PULL", delivery(Delivery.PULL), atServer));
    private final Host host = bus.world.newHost("client");

    private static ChannelOptions delivery(Delivery delivery) {
        return ChannelOptions.builder().delivery(delivery).build();
    }

    private HeartbeatClient registered(HeartbeatClient.Builder options) {
        HeartbeatClient client = options.connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    private HeartbeatClient registered() {
        return registered(bus.client(host, "n1"));
    }

    private static ByteBuffer message() {
        return ByteBuffer.allocate(10);
    }

    private void settle() {
        bus.advance(Duration.ofMillis(100));
    }

    @Test
    void heartbeatsAndTheirAnswersAreCounted() {
        HeartbeatClient client = registered();
        bus.advance(Duration.ofSeconds(60));
        assertThat(client.stats().connections().heartbeats())
                .isBetween(59L, 61L)
                .isEqualTo(client.stats().connections().heartbeatsAnswered())
                .isEqualTo(bus.server.stats().liveness().heartbeats());
    }

    @Test
    void attemptsThatDidNotGetThereAreCountedBesideThoseThatDid() {
        HeartbeatClient client = registered(
                bus.client(host, "n1").reconnectBase(Duration.ofMillis(100)).reconnectCap(Duration.ofMillis(200)));
        assertThat(client.stats().connections().attempts()).isEqualTo(1);
        bus.serverHost.pause();
        bus.advance(Duration.ofSeconds(30));
        bus.serverHost.resume();
        bus.advance(Duration.ofSeconds(30));
        assertThat(client.stats().connections().registrations()).isEqualTo(2);
        assertThat(client.stats().connections().attempts()).isGreaterThan(2);
    }

    @Test
    void messagesOfTheFirstChannelAreCountedOnBothSides() {
        HeartbeatClient client = registered();
        client.trySend(message());
        client.trySend(message());
        bus.server.trySend("n1", message());
        settle();
        assertThat(client.stats().messages().sent()).isEqualTo(2);
        assertThat(bus.server.stats().messages().received()).isEqualTo(2);
        assertThat(client.stats().messages().received()).isEqualTo(1);
        assertThat(bus.server.stats().messages().sent()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void messagesOfAnyOtherChannelAreCountedOnBothSides(Delivery delivery) {
        HeartbeatClient client = registered();
        Channel up = client.openChannel(delivery.name(), delivery(delivery), new ChannelRecorder());
        for (int i = 0; i < 3; i++) {
            up.trySend(message());
        }
        settle();
        atServer.last().trySend(message());
        settle();
        assertThat(client.stats().messages().sent()).isEqualTo(3);
        assertThat(bus.server.stats().messages().received()).isEqualTo(3);
        assertThat(client.stats().messages().received()).isEqualTo(1);
        assertThat(bus.server.stats().messages().sent()).isEqualTo(1);
        assertThat(client.stats().channels().open()).isEqualTo(1);
        up.reset("enough");
        settle();
        assertThat(client.stats().channels().open()).isZero();
        assertThat(client.stats().channels().everOpened()).isEqualTo(1);
    }

    @Test
    void messagesOfAttachedNodesAreTheirGatewaysToo() {
        HeartbeatClient client = registered();
        AttachedNode node = client.attach("n2", Map.of(), new AttachedRecorder());
        settle();
        node.trySend(message());
        bus.server.trySend("n2", message());
        settle();
        assertThat(client.stats().messages().sent()).isEqualTo(1);
        assertThat(client.stats().messages().received()).isEqualTo(1);
    }

    @Test
    void replyThatNobodyWaitsForIsCounted() {
        HeartbeatClient client = registered();
        CompletableFuture<ByteBuffer> reply = client.request(message(), Duration.ofSeconds(10));
        settle();
        reply.cancel(false);
        assertThat(client.stats().messages().unmatchedReplies()).isZero();
        asked.get(0).reply(message()); // Before it hears that nobody waits.
        settle();
        assertThat(client.stats().messages().unmatchedReplies()).isEqualTo(1);
    }

    @Test
    void returnedMessagesAreCountedDroppedOnesIncluded() {
        HeartbeatClient client = bus.client(host, "n1").connect(); // Not registered yet: all waits.
        client.trySend(message());
        ChannelOptions four = ChannelOptions.builder()
                .overflow(QueueOverflow.DROP_OLDEST)
                .queueMessages(4)
                .queueBytes(1024)
                .build();
        Channel up = client.openChannel("PUSH", four, new ChannelRecorder());
        for (int i = 0; i < 6; i++) {
            assertThat(up.trySend(message())).isEqualTo(SendResult.ACCEPTED);
        }
        assertThat(client.stats().messages().dropped()).isEqualTo(2);
        assertThat(client.stats().messages().undeliveredTotal()).isEqualTo(2);
        bus.serverHost.pause();
        CompletableFuture<Void> closed = client.closeAsync();
        bus.world.advanceUntil(closed::isDone, Duration.ofMinutes(1));
        assertThat(client.stats().messages().undeliveredTotal()).isEqualTo(7);
        assertThat(client.stats().messages().sent()).isZero();
    }

    @Test
    void callbackThatThrowsIsCounted() {
        HeartbeatClient client = registered(bus.client(host, "n1").onMessage(message -> {
            throw new IllegalStateException("a defect");
        }));
        bus.server.trySend("n1", message());
        settle();
        assertThat(client.stats().callbacks().failures()).isEqualTo(1);
    }
}
