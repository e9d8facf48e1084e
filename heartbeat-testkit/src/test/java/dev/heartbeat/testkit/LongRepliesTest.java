package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A reply that is longer than its asker takes is refused where it is made, and leaves nobody
 * waiting.
 */
final class LongRepliesTest {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int LIMIT = 1000;
    private static final String REFUSED = "reply is 1001 bytes, allowed is 0 to 1000";

    private final AtomicReference<Consumer<Request>> answer = new AtomicReference<>();

    private void answer(Request request) {
        answer.get().accept(request);
    }

    private ChannelListener answering() {
        return new ChannelListener() {
            @Override
            public void onRequest(Channel channel, Request request) {
                answer(request);
            }
        };
    }

    private Bus bus(int serverTakes) {
        return new Bus(
                3,
                1,
                options -> options.maxMessageBytes(serverTakes)
                        .maxNodesPerConnection(1)
                        .onRequest((from, request) -> answer(request))
                        .routes((from, to) -> true)
                        .channel("PUSH", offered -> answering())
                        .channel(
                                "INLINE",
                                ChannelOptions.builder()
                                        .delivery(Delivery.INLINE)
                                        .build(),
                                offered -> answering()));
    }

    private HeartbeatClient client(Bus bus, String id, int takes) {
        HeartbeatClient client = bus.client(bus.world.newHost(id), id)
                .maxMessageBytes(takes)
                .onRequest(this::answer)
                .otherChannels(ChannelOptions.defaults(), offered -> answering())
                .connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    private AttachedNode attach(Bus bus, HeartbeatClient client) {
        AttachedNode node = client.attach("n1a", Map.of(), new AttachedNodeListener() {
            @Override
            public void onRequest(Request request) {
                answer(request);
            }
        });
        bus.advance(SOON);
        return node;
    }

    private interface Asker {
        CompletableFuture<ByteBuffer> ask(ByteBuffer message, Duration timeout);
    }

    /** The asker, the asked side, and the path; the asker takes only short answers. */
    private enum Way {
        CLIENT(false) {
            @Override
            Asker asker(LongRepliesTest test, Bus bus, int takes) {
                return test.client(bus, "n1", takes)::request;
            }
        },
        SERVER(true) {
            @Override
            Asker asker(LongRepliesTest test, Bus bus, int takes) {
                test.client(bus, "n1", MIB);
                return (message, timeout) -> bus.server.request("n1", message, timeout);
            }
        },
        ATTACHED(false) {
            @Override
            Asker asker(LongRepliesTest test, Bus bus, int takes) {
                return test.attach(bus, test.client(bus, "n1", takes))::request;
            }
        },
        SERVER_OF_ATTACHED(true) {
            @Override
            Asker asker(LongRepliesTest test, Bus bus, int takes) {
                test.attach(bus, test.client(bus, "n1", MIB));
                return (message, timeout) -> bus.server.request("n1a", message, timeout);
            }
        },
        CHANNEL_OF_SERVER(true) {
            @Override
            Asker asker(LongRepliesTest test, Bus bus, int takes) {
                test.client(bus, "n1", MIB);
                Channel channel =
                        bus.server.openChannel("n1", "any", ChannelOptions.defaults(), new ChannelListener() {});
                bus.advance(SOON);
                return channel::request;
            }
        },
        PUSH(false),
        INLINE(false);

        private static final int MIB = 1 << 20;

        private final boolean isOfServer;

        Way(boolean isOfServer) {
            this.isOfServer = isOfServer;
        }

        Bus bus(LongRepliesTest test, int takes) {
            return test.bus(isOfServer ? takes : MIB);
        }

        Asker asker(LongRepliesTest test, Bus bus, int takes) {
            Channel channel = test.client(bus, "n1", takes)
                    .openChannel(name(), ChannelOptions.defaults(), new ChannelListener() {});
            bus.advance(SOON);
            return channel::request;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatDoesNotMindFailsItsRequest(Way way) {
        Bus bus = way.bus(this, LIMIT);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        answer.set(request -> {
            try {
                request.reply(ByteBuffer.allocate(LIMIT + 1));
            } catch (IllegalArgumentException e) {
                thrown.set(e);
                throw e;
            }
        });
        CompletableFuture<ByteBuffer> reply = way.asker(this, bus, LIMIT).ask(Room.text("x"), LONG);
        bus.advance(SOON);
        assertThat(thrown.get()).hasMessage(REFUSED);
        assertThatThrownBy(reply::join)
                .hasCauseInstanceOf(HeartbeatException.class)
                .hasMessageContaining("the application failed to answer");
    }

    @ParameterizedTest
    @EnumSource
    void aShorterReplyMayFollow(Way way) {
        Bus bus = way.bus(this, LIMIT);
        answer.set(request -> {
            assertThatThrownBy(() -> request.reply(ByteBuffer.allocate(LIMIT + 1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(request.reply(ByteBuffer.allocate(LIMIT))).isEqualTo(SendResult.ACCEPTED);
        });
        CompletableFuture<ByteBuffer> reply = way.asker(this, bus, LIMIT).ask(Room.text("x"), LONG);
        bus.advance(SOON);
        assertThat(reply.join().remaining()).isEqualTo(LIMIT);
    }

    @ParameterizedTest
    @EnumSource
    void theTextOfAFailureIsCut(Way way) {
        Bus bus = way.bus(this, 5);
        answer.set(request -> assertThat(request.fail("ö€öööö")).isEqualTo(SendResult.ACCEPTED));
        CompletableFuture<ByteBuffer> whole = way.asker(this, bus, 5).ask(Room.text("x"), LONG);
        bus.advance(SOON);
        assertThatThrownBy(whole::join).hasMessageEndingWith("the other side did not reply: ö€");

        Bus tighter = way.bus(this, 4);
        CompletableFuture<ByteBuffer> within = way.asker(this, tighter, 4).ask(Room.text("x"), LONG);
        tighter.advance(SOON);
        assertThatThrownBy(within::join).hasMessageEndingWith("the other side did not reply: ö");
    }

    /** The replier does not know what another node takes. The server does. */
    @ParameterizedTest
    @EnumSource(names = {"CLIENT", "ATTACHED"})
    @Tag("M101")
    void aReplyThatCannotBePassedOnFailsItsRequest(Way way) {
        Bus bus = bus(1 << 20);
        HeartbeatClient n1 = client(bus, "n1", LIMIT);
        client(bus, "n2", 1 << 20);
        AttachedNode attached = way == Way.ATTACHED ? attach(bus, n1) : null;
        answer.set(request ->
                assertThat(request.reply(ByteBuffer.allocate(LIMIT + 1))).isEqualTo(SendResult.ACCEPTED));
        CompletableFuture<ByteBuffer> reply = attached == null
                ? n1.request("n2", Room.text("x"), LONG)
                : attached.request("n2", Room.text("x"), LONG);
        bus.advance(SOON);
        assertThatThrownBy(reply::join)
                .hasCauseInstanceOf(HeartbeatException.class)
                .hasMessageContaining(REFUSED);
        assertThat(bus.server.stats().distribution().notPassedOn()).isEqualTo(1);
    }

    @Test
    @Tag("M101")
    void aFailureIsCutWhereItIsPassedOn() {
        Bus bus = bus(1 << 20);
        HeartbeatClient n1 = client(bus, "n1", 5);
        client(bus, "n2", 1 << 20);
        answer.set(request -> assertThat(request.fail("a long story")).isEqualTo(SendResult.ACCEPTED));
        CompletableFuture<ByteBuffer> reply = n1.request("n2", Room.text("x"), LONG);
        CompletableFuture<ByteBuffer> absent = n1.request("n3", Room.text("x"), LONG);
        bus.advance(SOON);
        assertThatThrownBy(reply::join).hasMessageContaining("did not reply: ");
        assertThatThrownBy(absent::join).hasMessageEndingWith("did not reply: not p");
    }

    /** Its asker comes back over a connection that takes less. */
    @Test
    @Tag("M101")
    void aReplyThatWaitsFailsItsRequestWhereTheLimitFalls() {
        Bus bus = bus(1 << 20);
        ScriptedPeer client = ScriptedPeer.client(bus.world.newHost("peer").transport(), bus.server.localAddress());
        AtomicReference<Request> asked = new AtomicReference<>();
        answer.set(asked::set);
        String register = "0000000000010000 0000000000010000 02 6e31";
        client.connect()
                .raw("ab020600 00000000 0000001f 0000000000000001 00000001 " + register)
                .expectRegistered()
                .ignore("CREDIT");
        client.raw("ab020304 00000000 00000012 000f 02000101 0300080000000000000001 78");
        client.play();
        bus.advance(SOON);
        client.reset();
        client.play();
        bus.advance(SOON);
        assertThat(asked.get().reply(ByteBuffer.allocate(LIMIT + 1))).isEqualTo(SendResult.ACCEPTED);

        client.connect()
                .raw("ab020600 00000000 0000002a 0000000000000001 00000002 " + register + "880008 000003e8 00000005")
                .expectRegistered();
        client.expectData(REFUSED);
        client.play();
        bus.advance(SOON);
        client.verify();
        assertThat(bus.told.of("n1")).contains("undelivered 1001 bytes");
    }
}
