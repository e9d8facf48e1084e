package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelAcceptor;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.MessageSpan;
import dev.heartbeat.MessageTracer;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.TracedMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tracer follows each message from its sender to its handler, and each span ends once. */
@Tag("M119")
final class TracerTest {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final List<String> seen = new ArrayList<>();
    private final List<Request> kept = new ArrayList<>();
    private final Recording ofServer = new Recording("server");
    private final Recording ofClient = new Recording("client");
    private boolean answers = true;
    private final Bus bus = new Bus(
            811,
            2,
            options -> options.tracer(ofServer)
                    .routes((from, to) -> true)
                    .channel("c", ChannelOptions.defaults(), accepting())
                    .channel(
                            "inline",
                            ChannelOptions.builder()
                                    .delivery(ChannelOptions.Delivery.INLINE)
                                    .build(),
                            accepting())
                    .onMessage((from, message) -> seen.add("handler in " + ofServer.current))
                    .onRequest((from, request) -> answer(request)));
    private final Host host = bus.world.newHost("client");

    /** Numbers its spans, names each after what it is of, and sends the name along. */
    private final class Recording implements MessageTracer {
        private final String side;
        private int sent;
        private @Nullable String current;

        private Recording(String side) {
            this.side = side;
        }

        @Override
        public MessageSpan onSend(TracedMessage message) {
            String name = side + ++sent;
            seen.add(name + " sends " + describe(message));
            return span(name);
        }

        @Override
        public MessageSpan onReceive(TracedMessage message, byte[] context) {
            String name = side + " of " + new String(context, US_ASCII);
            seen.add(name + " receives " + describe(message));
            return span(name);
        }

        private MessageSpan span(String name) {
            return new MessageSpan() {
                @Override
                public byte[] context() {
                    return name.getBytes(US_ASCII);
                }

                @Override
                public void run(Runnable handler) {
                    current = name;
                    try {
                        handler.run();
                    } finally {
                        current = null;
                    }
                }

                @Override
                public void end(@Nullable Throwable failure) {
                    seen.add(name + " ends" + (failure == null ? "" : ": " + failure.getMessage()));
                }
            };
        }

        private static String describe(TracedMessage message) {
            return (message.isRequest() ? "request" : "message") + " of " + message.length() + " at " + message.nodeId()
                    + "/" + message.otherNodeId() + "/" + message.channel();
        }
    }

    private ChannelAcceptor accepting() {
        return opened -> new ChannelListener() {
            @Override
            public void onMessage(Channel channel, ByteBuffer message) {
                seen.add("handler in " + ofServer.current);
            }

            @Override
            public void onRequest(Channel channel, Request request) {
                answer(request);
            }
        };
    }

    private void answer(Request request) {
        seen.add("handler in " + ofServer.current);
        if (answers) {
            assertThat(request.reply(Room.text("yes"))).isEqualTo(SendResult.ACCEPTED);
        } else {
            kept.add(request);
        }
    }

    private HeartbeatClient connect(String id) {
        HeartbeatClient client = bus.client(host, id)
                .tracer(ofClient)
                .onMessage(message -> seen.add("handler in " + ofClient.current))
                .onNodeMessage((from, message) -> seen.add("handler in " + ofClient.current))
                .connect();
        bus.world.advanceUntil(client.registered()::isDone, TIMEOUT);
        return client;
    }

    private Channel open(HeartbeatClient client, String name) {
        Channel channel = client.openChannel(name, ChannelOptions.defaults(), new ChannelListener() {});
        bus.advance(SOON);
        return channel;
    }

    @Test
    void messageToTheServerAndBack() {
        HeartbeatClient client = connect("n");
        assertThat(client.trySend(Room.text("abc"))).isEqualTo(SendResult.ACCEPTED);
        bus.advance(SOON);
        CompletableFuture<Void> sent = bus.server.send("n", Room.text("abcd"));
        bus.advance(SOON);
        assertThat(sent).isCompleted();
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "client1 sends message of 3 at n/null/null",
                        "client1 ends",
                        "server of client1 receives message of 3 at n/null/null",
                        "handler in server of client1",
                        "server of client1 ends",
                        "server1 sends message of 4 at n/null/null",
                        "server1 ends",
                        "client of server1 receives message of 4 at n/null/null",
                        "handler in client of server1",
                        "client of server1 ends");
    }

    private enum Over {
        CHANNEL_0,
        CHANNEL,
        INLINE
    }

    @ParameterizedTest
    @EnumSource
    void requestEndsWithItsReply(Over over) {
        HeartbeatClient client = connect("n");
        String name = over == Over.CHANNEL_0 ? null : over == Over.CHANNEL ? "c" : "inline";
        CompletableFuture<ByteBuffer> reply = name == null
                ? client.request(Room.text("abc"), TIMEOUT)
                : open(client, name).request(Room.text("abc"), TIMEOUT);
        bus.advance(SOON);
        assertThat(reply).isCompleted();
        assertThat(seen)
                .containsExactly(
                        "client1 sends request of 3 at n/null/" + name,
                        "server of client1 receives request of 3 at n/null/" + name,
                        "handler in server of client1",
                        "server of client1 ends",
                        "client1 ends");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CHANNEL_0"})
    void messageOfAChannel(Over over) {
        String name = over == Over.CHANNEL ? "c" : "inline";
        Channel channel = open(connect("n"), name);
        assertThat(channel.trySend(Room.text("abc"))).isEqualTo(SendResult.ACCEPTED);
        bus.advance(SOON);
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "client1 sends message of 3 at n/null/" + name,
                        "client1 ends",
                        "server of client1 receives message of 3 at n/null/" + name,
                        "handler in server of client1",
                        "server of client1 ends");
    }

    @Test
    void messageFromNodeToNodeKeepsWhatTravelsWithIt() {
        HeartbeatClient one = connect("one");
        HeartbeatClient two = connect("two");
        assertThat(one.trySend("two", Room.text("abc"))).isEqualTo(SendResult.ACCEPTED);
        bus.advance(SOON);
        assertThat(two.state().toString()).isEqualTo("ONLINE");
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "client1 sends message of 3 at one/two/null",
                        "client1 ends",
                        "client of client1 receives message of 3 at two/one/null",
                        "handler in client of client1",
                        "client of client1 ends");
    }

    @Test
    void messageOfAnAttachedNode() {
        HeartbeatClient gateway = connect("gateway");
        AttachedNode sensor = gateway.attach("sensor", Map.of(), new AttachedNodeListener() {});
        bus.advance(SOON);
        assertThat(sensor.trySend(Room.text("abc"))).isEqualTo(SendResult.ACCEPTED);
        bus.advance(SOON);
        assertThat(seen)
                .contains(
                        "client1 sends message of 3 at sensor/null/null",
                        "server of client1 receives message of 3 at sensor/null/null",
                        "client1 ends");
    }

    @Test
    void eachMessageOfAListHasASpan() {
        HeartbeatClient client = connect("n");
        assertThat(client.sendAll(List.of(Room.text("abc"), ByteBuffer.allocate(1 << 25))))
                .containsExactly(SendResult.ACCEPTED, SendResult.TOO_LARGE);
        assertThat(seen)
                .containsExactly(
                        "client1 sends message of 3 at n/null/null",
                        "client2 sends message of 33554432 at n/null/null",
                        "client2 ends: the message was not delivered: TOO_LARGE");
        bus.advance(SOON);
        assertThat(seen).contains("client1 ends", "server of client1 receives message of 3 at n/null/null");
    }

    @Test
    void spanOfWhatDoesNotArriveSaysWhy() {
        HeartbeatClient client = connect("n");
        assertThat(client.trySend(ByteBuffer.allocate(1 << 25))).isEqualTo(SendResult.TOO_LARGE);
        assertThat(seen)
                .containsExactly(
                        "client1 sends message of 33554432 at n/null/null",
                        "client1 ends: the message was not delivered: TOO_LARGE");
        seen.clear();
        bus.serverHost.refuseConnects(true);
        host.resetConnections();
        bus.advance(SOON);
        assertThat(client.trySend(Room.text("abc"))).isEqualTo(SendResult.ACCEPTED);
        CompletableFuture<ByteBuffer> reply = client.request(Room.text("abc"), Duration.ofSeconds(2));
        bus.advance(Duration.ofSeconds(3));
        assertThat(reply).isCompletedExceptionally();
        client.closeAsync();
        bus.advance(Duration.ofSeconds(10));
        assertThat(seen)
                .containsExactly(
                        "client2 sends message of 3 at n/null/null",
                        "client3 sends request of 3 at n/null/null",
                        "client3 ends: no reply within 2000 ms",
                        "client2 ends: the message was not delivered: CLOSED");
    }

    @Test
    void requestThatIsGivenUpEndsOnBothSides() {
        answers = false;
        HeartbeatClient client = connect("n");
        CompletableFuture<ByteBuffer> reply = client.request(Room.text("abc"), Duration.ofSeconds(2));
        bus.advance(SOON);
        assertThat(seen).doesNotContain("server of client1 ends").hasSize(3);
        bus.advance(Duration.ofSeconds(3));
        assertThat(reply).isCompletedExceptionally();
        assertThat(seen)
                .contains(
                        "client1 ends: no reply within 2000 ms",
                        "server of client1 ends: the asker does not wait any more");

        seen.clear();
        CompletableFuture<ByteBuffer> refused = client.request(Room.text("abc"), TIMEOUT);
        bus.advance(SOON);
        assertThat(kept.get(1).fail("no time")).isEqualTo(SendResult.ACCEPTED);
        bus.advance(SOON);
        assertThat(refused).isCompletedExceptionally();
        assertThat(seen)
                .contains("server of client2 ends: no time", "client2 ends: the other side did not reply: no time");
    }

    @Test
    void tracerThatThrowsChangesNothing() {
        MessageTracer throwing = new MessageTracer() {
            private int calls;

            @Override
            public MessageSpan onSend(TracedMessage message) {
                return span();
            }

            @Override
            public MessageSpan onReceive(TracedMessage message, byte[] context) {
                return span();
            }

            private MessageSpan span() {
                if (++calls % 2 == 0) {
                    throw new IllegalStateException("a tracer");
                }
                return new MessageSpan() {
                    @Override
                    public byte[] context() {
                        return new byte[calls % 4 == 1 ? 10_000 : 512];
                    }

                    @Override
                    public void run(Runnable handler) {
                        if (calls % 4 == 1) {
                            handler.run();
                        }
                        throw new IllegalStateException("a tracer");
                    }

                    @Override
                    public void end(@Nullable Throwable failure) {
                        throw new IllegalStateException("a tracer");
                    }
                };
            }
        };
        List<String> got = new ArrayList<>();
        Bus other = new Bus(
                812,
                2,
                options -> options.tracer(throwing).onMessage((from, message) -> {
                    got.add(Room.text(message));
                    if (got.size() % 3 == 0) {
                        throw new IllegalStateException("a handler");
                    }
                }));
        Host node = other.world.newHost("client");
        HeartbeatClient client = other.client(node, "n").tracer(throwing).connect();
        other.world.advanceUntil(client.registered()::isDone, TIMEOUT);
        for (int i = 0; i < 12; i++) {
            assertThat(client.trySend(Room.text("m" + i))).isEqualTo(SendResult.ACCEPTED);
            other.advance(SOON);
            assertThat(got).hasSize(i + 1).last().isEqualTo("m" + i);
        }
        assertThat(other.server.stats().callbacks().failures()).isGreaterThan(4);
        assertThat(client.stats().callbacks().failures()).isGreaterThan(4);
        CompletableFuture<ByteBuffer> noHandler = client.request(Room.text("abc"), TIMEOUT);
        other.advance(SOON);
        assertThat(noHandler).isCompletedExceptionally();
    }

    @Test
    void messagesInPiecesBringTheLongestContext() {
        List<Integer> contexts = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        MessageTracer longest = new MessageTracer() {
            @Override
            public MessageSpan onSend(TracedMessage message) {
                return new MessageSpan() {
                    @Override
                    public byte[] context() {
                        return new byte[MessageTracer.MAX_CONTEXT_BYTES];
                    }

                    @Override
                    public void end(@Nullable Throwable failure) {}
                };
            }

            @Override
            public @Nullable MessageSpan onReceive(TracedMessage message, byte[] context) {
                contexts.add(context.length);
                return null;
            }
        };
        Bus other = new Bus(
                813,
                2,
                options -> options.tracer(longest).onMessage((from, message) -> lengths.add(message.remaining())));
        HeartbeatClient client =
                other.client(other.world.newHost("client"), "n").tracer(longest).connect();
        other.world.advanceUntil(client.registered()::isDone, TIMEOUT);
        for (int i = 0; i < 20; i++) {
            assertThat(client.trySend(ByteBuffer.allocate(50_000 + i))).isEqualTo(SendResult.ACCEPTED);
        }
        other.advance(Duration.ofSeconds(5));
        assertThat(lengths).hasSize(20).startsWith(50_000).endsWith(50_019);
        assertThat(contexts).hasSize(20).containsOnly(MessageTracer.MAX_CONTEXT_BYTES);
    }

    @Test
    void contextThatIsTooLongEndsItsConnection() {
        ScriptedPeer peer = ScriptedPeer.client(host.transport(), bus.server.localAddress());
        peer.connect().register("n").expectRegistered().ignore("CREDIT");
        peer.raw("ab020304 00000000 00000207 0204 810201" + "00".repeat(513) + "78");
        peer.expectError("MALFORMED");
        peer.play();
        bus.advance(SOON);
        peer.verify();
    }
}
