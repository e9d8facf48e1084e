package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Messages and requests of a mailbox, in each of its four places. */
final class MailboxTest {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<String> asked = new ArrayList<>();
    private final Bus bus = new Bus(
            1,
            1,
            options -> options.maxNodesPerConnection(1)
                    .channelQueueMessages(1000)
                    .onRequest((from, request) -> asked.add(text(request.content())))
                    .routes((from, to) -> true)
                    .channel("c", offered -> new ChannelListener() {
                        @Override
                        public void onRequest(Channel channel, Request request) {
                            asked.add(text(request.content()));
                        }
                    }));
    private final Host host = bus.world.newHost("node");

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer content) {
        return StandardCharsets.UTF_8.decode(content.duplicate()).toString();
    }

    private HeartbeatClient connect(HeartbeatClient.Builder options) {
        HeartbeatClient client = options.connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    // ---- a request that nobody waits for is not sent

    private void requestsThatAreOverFreeTheirPlaces(
            BiFunction<ByteBuffer, Duration, CompletableFuture<ByteBuffer>> ask, List<String> heard) {
        host.loseConnections();
        host.refuseConnects(true);
        List<CompletableFuture<ByteBuffer>> timed = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            timed.add(ask.apply(bytes("timed " + i), Duration.ofMillis(500)));
            ask.apply(bytes("cancelled " + i), LONG).cancel(true);
        }
        bus.advance(Duration.ofSeconds(1));
        assertThat(timed).allMatch(CompletableFuture::isCompletedExceptionally);
        for (int i = 0; i < 1000; i++) {
            CompletableFuture<ByteBuffer> reply = ask.apply(bytes("late " + i), Duration.ofMillis(10));
            assertThat(reply).as("request %d has a place", i).isNotDone();
        }
        bus.advance(SOON);
        assertThat(ask.apply(bytes("wanted"), LONG)).isNotDone();
        host.refuseConnects(false);
        bus.advance(Duration.ofSeconds(10));
        assertThat(heard).containsExactly("wanted");
    }

    @Test
    void requestsOfAClientThatAreOverAreNotSent() {
        HeartbeatClient client = connect(bus.client(host, "n1"));
        requestsThatAreOverFreeTheirPlaces(client::request, asked);
    }

    @Test
    void requestsOfAnAttachedNodeThatAreOverAreNotSent() {
        HeartbeatClient client = connect(bus.client(host, "n1"));
        AttachedNode node = client.attach("n2", Map.of(), new AttachedNodeListener() {});
        bus.advance(SOON);
        requestsThatAreOverFreeTheirPlaces(node::request, asked);
    }

    @Test
    void requestsOfAServerThatAreOverAreNotSent() {
        List<String> heard = new ArrayList<>();
        HeartbeatClient unused =
                connect(bus.client(host, "n1").onRequest(request -> heard.add(text(request.content()))));
        host.loseConnections();
        bus.server.kick("none", "");
        bus.advance(SOON);
        requestsThatAreOverFreeTheirPlaces((message, timeout) -> bus.server.request("n1", message, timeout), heard);
    }

    @Test
    void requestOnAChannelThatTimesOutBeforeItOpensIsNotSent() {
        host.refuseConnects(true);
        HeartbeatClient client = bus.client(host, "n1").connect();
        Channel channel = client.openChannel("c", ChannelOptions.defaults(), new ChannelListener() {});
        CompletableFuture<ByteBuffer> early = channel.request(bytes("early"), SOON);
        CompletableFuture<ByteBuffer> wanted = channel.request(bytes("wanted"), LONG);
        bus.advance(Duration.ofSeconds(1));
        host.refuseConnects(false);
        bus.advance(Duration.ofSeconds(10));
        assertThatThrownBy(early::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(wanted).isNotDone();
        assertThat(asked).containsExactly("wanted");
    }

    // ---- a handler that throws fails its request at once

    private void failsAtOnce(CompletableFuture<ByteBuffer> reply) {
        bus.advance(SOON);
        assertThatThrownBy(reply::join)
                .hasCauseInstanceOf(HeartbeatException.class)
                .hasMessageContaining("failed");
    }

    @Test
    void handlerOfTheServerThatThrowsFailsTheRequest() {
        Bus failing = new Bus(
                1,
                1,
                options -> options.onRequest((from, request) -> {
                    throw new AssertionError("no answer");
                }));
        HeartbeatClient client =
                failing.client(failing.world.newHost("node"), "n1").connect();
        failing.advance(SOON);
        CompletableFuture<ByteBuffer> reply = client.request(bytes("x"), LONG);
        failing.advance(SOON);
        assertThatThrownBy(reply::join).hasMessageContaining("failed");
        assertThat(failing.server.stats().callbacks().failures()).isEqualTo(1);
    }

    @Test
    void handlerOfAClientThatThrowsFailsTheRequest() {
        HeartbeatClient client = connect(bus.client(host, "n1").onRequest(request -> {
            throw new IllegalStateException("no answer");
        }));
        failsAtOnce(bus.server.request("n1", bytes("x"), LONG));
        assertThat(client.stats().callbacks().failures()).isEqualTo(1);
    }

    @Test
    void handlerOfAnAttachedNodeThatThrowsFailsTheRequest() {
        HeartbeatClient client = connect(bus.client(host, "n1"));
        client.attach("n2", Map.of(), new AttachedNodeListener() {
            @Override
            public void onRequest(Request request) {
                throw new IllegalStateException("no answer");
            }
        });
        bus.advance(SOON);
        failsAtOnce(bus.server.request("n2", bytes("x"), LONG));
    }

    @Test
    void handlerOfAChannelThatThrowsFailsTheRequest() {
        for (ChannelOptions.Delivery delivery : ChannelOptions.Delivery.values()) {
            HeartbeatClient client = connect(bus.client(bus.world.newHost("node"), "n-" + delivery)
                    .channel(
                            "d", ChannelOptions.builder().delivery(delivery).build(), offered -> new ChannelListener() {
                                @Override
                                public void onRequest(Channel channel, Request request) {
                                    throw new IllegalStateException("no answer");
                                }
                            }));
            Channel channel =
                    bus.server.openChannel("n-" + delivery, "d", ChannelOptions.defaults(), new ChannelListener() {});
            failsAtOnce(channel.request(bytes("x"), LONG));
            client.closeAsync();
        }
    }

    @Test
    void policyThatThrowsFailsTheRequest() {
        Bus failing = new Bus(
                1,
                1,
                options -> options.routes((from, to) -> {
                    throw new AssertionError("no policy");
                }));
        HeartbeatClient client =
                failing.client(failing.world.newHost("a"), "n1").connect();
        HeartbeatClient unused =
                failing.client(failing.world.newHost("b"), "n2").connect();
        failing.advance(SOON);
        CompletableFuture<ByteBuffer> reply = client.request("n2", bytes("x"), LONG);
        failing.advance(SOON);
        assertThatThrownBy(reply::join).hasMessageContaining("policy failed");
    }

    @Test
    void handlerThatAnsweredBeforeItThrewHasAnswered() {
        HeartbeatClient unused = connect(bus.client(host, "n1").onRequest(request -> {
            request.reply(bytes("answer"));
            throw new IllegalStateException("too late");
        }));
        CompletableFuture<ByteBuffer> reply = bus.server.request("n1", bytes("x"), LONG);
        bus.advance(SOON);
        assertThat(text(reply.join())).isEqualTo("answer");
    }

    // ---- a message is taken as it was when it was accepted

    @Test
    void buffersThatAreMovedAfterwardsHarmNothing() {
        List<String> received = new ArrayList<>();
        HeartbeatClient client = connect(bus.client(host, "n1")
                .onMessage(message -> received.add(text(message).substring(0, 5))));
        for (int size : new int[] {5, 100, 5_000, 16_000, 40_000}) {
            ByteBuffer emptied = bytes("first" + "x".repeat(size - 5));
            ByteBuffer cut = bytes("other" + "x".repeat(size - 5));
            ByteBuffer shifted = bytes("third" + "x".repeat(size - 5));
            assertThat(bus.server.trySend("n1", emptied)).isEqualTo(SendResult.ACCEPTED);
            emptied.position(emptied.limit());
            assertThat(bus.server.trySend("n1", cut)).isEqualTo(SendResult.ACCEPTED);
            cut.limit(1);
            assertThat(bus.server.trySend("n1", shifted)).isEqualTo(SendResult.ACCEPTED);
            shifted.position(3).limit(3);
            assertThat(bus.server.trySend("n1", bytes("a fourth"))).isEqualTo(SendResult.ACCEPTED);
            bus.advance(Duration.ofSeconds(1));
            assertThat(received).containsExactly("first", "other", "third", "a fou");
            received.clear();
        }
        assertThat(client.stats().connections().registrations()).isEqualTo(1);
    }

    @Test
    void manyBuffersThatAreMovedLeaveTheQueueItsPlaces() {
        HeartbeatClient client =
                connect(bus.client(host, "n1").queueMessages(50).queueBytes(1 << 20));
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 50; i++) {
                ByteBuffer message = ByteBuffer.allocate(1000);
                assertThat(client.trySend(message)).isEqualTo(SendResult.ACCEPTED);
                message.limit(round * 7);
            }
            bus.advance(SOON);
        }
        assertThat(bus.told.count("message 1000 bytes")).isEqualTo(150);
    }

    // ---- an exception that cannot be printed

    private static final class Unprintable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not to be read");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("not to be read");
        }
    }

    @Test
    void exceptionThatCannotBePrintedEndsNoLine() {
        List<OfflineReason> ends = new ArrayList<>();
        Bus failing = new Bus(
                1,
                1,
                options -> options.listener(new NodeListener() {
                    @Override
                    public void onOnline(Node node) {
                        throw new Unprintable();
                    }

                    @Override
                    public void onOffline(Node node, OfflineReason reason) {
                        ends.add(reason);
                    }
                }));
        List<CloseReason> closed = new ArrayList<>();
        HeartbeatClient client = failing.client(failing.world.newHost("node"), "n1")
                .listener(new ClientListener() {
                    @Override
                    public void onRegistered(Registered registered) {
                        throw new Unprintable();
                    }

                    @Override
                    public void onClosed(CloseReason reason) {
                        closed.add(reason);
                    }
                })
                .connect();
        failing.advance(SOON);
        failing.world.await(client.closeAsync(), LONG);
        failing.advance(SOON);
        assertThat(ends).containsExactly(OfflineReason.UNREGISTERED);
        assertThat(closed).containsExactly(CloseReason.UNREGISTERED);
        assertThat(failing.server.stats().callbacks().failures()).isEqualTo(1);
        assertThat(client.stats().callbacks().failures()).isEqualTo(1);
        failing.world.await(failing.server.closeAsync(), LONG);
    }
}
