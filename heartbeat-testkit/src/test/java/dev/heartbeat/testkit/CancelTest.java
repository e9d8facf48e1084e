package dev.heartbeat.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The other side knows the time that the asker waits, and learns when nobody waits any more. */
final class CancelTest {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int LARGE = 4_000_000;

    private final List<Request> asked = new ArrayList<>();
    /** As they were when they came. */
    private final List<String> contents = new ArrayList<>();

    private final Bus bus = new Bus(
            1,
            1,
            options -> options.maxNodesPerConnection(1)
                    .onRequest((from, request) -> hear(request))
                    .routes((from, to) -> true)
                    .channel("PUSH", delivery(Delivery.PUSH), offered -> keeping())
                    .channel("PULL", delivery(Delivery.PULL), offered -> keeping())
                    .channel("INLINE", delivery(Delivery.INLINE), offered -> keeping()));
    private final Host host = bus.world.newHost("asker");
    private final Host other = bus.world.newHost("other");

    private static ChannelOptions delivery(Delivery delivery) {
        return ChannelOptions.builder().delivery(delivery).build();
    }

    private void hear(Request request) {
        asked.add(request);
        contents.add(Room.text(request.content()));
    }

    private ChannelListener keeping() {
        return new ChannelListener() {
            @Override
            public void onRequest(Channel channel, Request request) {
                hear(request);
            }
        };
    }

    private interface Asker {
        CompletableFuture<ByteBuffer> ask(ByteBuffer message, Duration timeout);
    }

    /** The asker, the asked side, and the path. */
    private enum Way {
        CLIENT_TO_SERVER {
            @Override
            Asker asker(CancelTest test) {
                return test.client()::request;
            }
        },
        SERVER_TO_CLIENT {
            @Override
            Asker asker(CancelTest test) {
                test.client();
                return (message, timeout) -> test.bus.server.request("n1", message, timeout);
            }
        },
        ATTACHED_TO_SERVER {
            @Override
            Asker asker(CancelTest test) {
                return test.attach()::request;
            }
        },
        SERVER_TO_ATTACHED {
            @Override
            Asker asker(CancelTest test) {
                test.attach();
                return (message, timeout) -> test.bus.server.request("n1a", message, timeout);
            }
        },
        NODE_TO_NODE {
            @Override
            Asker asker(CancelTest test) {
                HeartbeatClient client = test.client();
                test.connect(test.other, "n2");
                return (message, timeout) -> client.request("n2", message, timeout);
            }
        },
        ATTACHED_TO_NODE {
            @Override
            Asker asker(CancelTest test) {
                AttachedNode node = test.attach();
                test.connect(test.other, "n2");
                return (message, timeout) -> node.request("n2", message, timeout);
            }
        },
        PUSH,
        PULL,
        INLINE;

        Asker asker(CancelTest test) {
            Channel channel = test.client().openChannel(name(), ChannelOptions.defaults(), new ChannelListener() {});
            test.bus.advance(SOON);
            return channel::request;
        }
    }

    private HeartbeatClient client() {
        return connect(host, "n1");
    }

    private HeartbeatClient connect(Host on, String id) {
        HeartbeatClient client = bus.client(on, id).onRequest(this::hear).connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    private AttachedNode attach() {
        AttachedNode node = client().attach("n1a", Map.of(), new AttachedNodeListener() {
            @Override
            public void onRequest(Request request) {
                hear(request);
            }
        });
        bus.advance(SOON);
        return node;
    }

    @ParameterizedTest
    @EnumSource
    void handlerSeesThatItsRequestIsCancelled(Way way) {
        CompletableFuture<ByteBuffer> reply = way.asker(this).ask(Room.text("x"), LONG);
        bus.advance(SOON);
        Request request = asked.get(0);
        CompletableFuture<Void> cancelled = request.cancelled();
        assertThat(request.isCancelled()).isFalse();
        reply.cancel(true);
        bus.advance(SOON);
        assertThat(request.isCancelled()).isTrue();
        assertThat(cancelled).isCompleted();
        assertThat(request.cancelled()).isCompleted();
        assertThat(request.reply(Room.text("late"))).isEqualTo(SendResult.CLOSED);
        assertThat(request.fail("late")).isEqualTo(SendResult.CLOSED);
    }

    @ParameterizedTest
    @EnumSource
    void handlerSeesThatTheTimeOfItsRequestIsOver(Way way) {
        CompletableFuture<ByteBuffer> reply = way.asker(this).ask(Room.text("x"), Duration.ofSeconds(1));
        bus.advance(SOON);
        assertThat(asked).extracting(Request::isCancelled).containsExactly(false);
        bus.advance(Duration.ofSeconds(1));
        assertThatThrownBy(reply::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(asked).extracting(Request::isCancelled).containsExactly(true);
    }

    /** Once its time is over it is not handed over, however late the handler is free. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INLINE")
    void requestThatIsCancelledBeforeItsTurnIsNotHandedOver(Way way) {
        Asker asker = way.asker(this);
        for (Host each : List.of(bus.serverHost, host, other)) {
            each.delayCallbacks(Duration.ofSeconds(1));
        }
        CompletableFuture<ByteBuffer> cancelled = asker.ask(Room.text("cancelled"), LONG);
        asker.ask(Room.text("timed"), Duration.ofMillis(200));
        asker.ask(Room.text("wanted"), LONG);
        bus.advance(SOON);
        cancelled.cancel(true);
        bus.advance(Duration.ofSeconds(10));
        assertThat(contents).containsExactly("wanted");
        assertThat(asked.get(0).isCancelled()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void manyAreCancelledAtOnce(Way way) {
        Asker asker = way.asker(this);
        for (int i = 0; i < 500; i++) {
            asker.ask(Room.text("x"), Duration.ofSeconds(1));
        }
        bus.advance(Duration.ofSeconds(2));
        assertThat(asked).hasSize(500).allMatch(Request::isCancelled);
        CompletableFuture<ByteBuffer> reply = asker.ask(Room.text("x"), LONG);
        bus.advance(SOON);
        asked.get(500).reply(Room.text("y"));
        bus.advance(SOON);
        assertThat(reply).isCompletedWithValue(Room.text("y"));
    }

    @ParameterizedTest
    @EnumSource
    void answeredRequestIsNotCancelled(Way way) {
        CompletableFuture<ByteBuffer> reply = way.asker(this).ask(Room.text("x"), Duration.ofSeconds(1));
        bus.advance(SOON);
        CompletableFuture<Void> cancelled = asked.get(0).cancelled();
        asked.get(0).reply(Room.text("y"));
        bus.advance(Duration.ofSeconds(2));
        assertThat(reply).isCompletedWithValue(Room.text("y"));
        assertThat(asked.get(0).isCancelled()).isFalse();
        assertThat(cancelled).isNotDone();
    }

    /** Its bytes go on, because a message is sent to its end. They are not kept. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NODE_TO_NODE", "ATTACHED_TO_NODE"})
    void requestThatIsCancelledOnTheWayIsDropped(Way way) {
        Asker asker = way.asker(this);
        bus.world.link(host, bus.serverHost, LinkSettings.LAN.withBytesPerSecond(1_000_000));
        CompletableFuture<ByteBuffer> large = asker.ask(ByteBuffer.allocate(LARGE), LONG);
        bus.advance(Duration.ofSeconds(1));
        CompletableFuture<ByteBuffer> wanted = asker.ask(Room.text("wanted"), LONG);
        large.cancel(true);
        bus.advance(Duration.ofSeconds(30));
        assertThat(contents).containsExactly("wanted");
        assertThat(wanted).isNotDone();
        assertThat(bus.server.stats().connections().errorsSent()).isEmpty();
    }

    /** The server holds back what waits for a node that it cannot reach. */
    @Test
    @Tag("M96")
    void requestThatWaitsForAnotherNodeIsNotPassedOn() {
        Asker asker = Way.NODE_TO_NODE.asker(this);
        other.resetConnections();
        other.refuseConnects(true);
        bus.advance(SOON);
        CompletableFuture<ByteBuffer> cancelled = asker.ask(Room.text("cancelled"), LONG);
        asker.ask(Room.text("timed"), SOON);
        asker.ask(Room.text("wanted"), LONG);
        bus.advance(SOON);
        cancelled.cancel(true);
        bus.advance(SOON);
        other.refuseConnects(false);
        bus.advance(Duration.ofSeconds(10));
        assertThat(contents).containsExactly("wanted");
    }

    // ---- the time that remains

    @ParameterizedTest
    @EnumSource
    @Tag("M100")
    void handlerSeesHowLongItsAskerWaits(Way way) {
        way.asker(this).ask(Room.text("x"), Duration.ofSeconds(10));
        bus.advance(SOON);
        Request request = asked.get(0);
        Duration remaining = requireNonNull(request.remaining());
        assertThat(remaining).isBetween(Duration.ofSeconds(10).minus(SOON), Duration.ofSeconds(10));
        bus.advance(Duration.ofSeconds(2));
        assertThat(request.remaining()).isEqualTo(remaining.minusSeconds(2));
        bus.advance(Duration.ofSeconds(20));
        assertThat(request.remaining()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NODE_TO_NODE", "ATTACHED_TO_NODE"})
    @Tag("M100")
    void timeRunsWhileTheRequestStillComes(Way way) {
        Asker asker = way.asker(this);
        bus.world.link(host, bus.serverHost, LinkSettings.LAN.withBytesPerSecond(1_000_000));
        asker.ask(ByteBuffer.allocate(LARGE), LONG);
        bus.advance(Duration.ofSeconds(10));
        assertThat(requireNonNull(asked.get(0).remaining()))
                .isBetween(
                        LONG.minusSeconds(10).minus(SOON), LONG.minusSeconds(10).plus(SOON));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("M100")
    void timeWithoutEndIsSaidAsTheLongest(Way way) {
        way.asker(this).ask(Room.text("x"), Duration.ofDays(100_000));
        bus.advance(SOON);
        assertThat(requireNonNull(asked.get(0).remaining())).isBetween(Duration.ofDays(49), Duration.ofDays(50));
    }

    /** The server takes off what the request waited there. */
    @Test
    @Tag("M100")
    void timeThatRemainsIsPassedOn() {
        Asker asker = Way.NODE_TO_NODE.asker(this);
        other.resetConnections();
        other.refuseConnects(true);
        bus.advance(SOON);
        asker.ask(Room.text("x"), Duration.ofSeconds(10));
        bus.advance(Duration.ofSeconds(1));
        other.refuseConnects(false);
        bus.world.advanceUntil(() -> !asked.isEmpty(), Duration.ofSeconds(5));
        assertThat(asked.get(0).source()).isEqualTo("n1");
        assertThat(requireNonNull(asked.get(0).remaining())).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(9));
    }

    /** Its asker says nothing more. */
    @Test
    @Tag("M100")
    void requestOfWhichNoTimeRemainsIsNotPassedOn() {
        ScriptedPeer n1 = ScriptedPeer.client(host.transport(), bus.server.localAddress());
        ScriptedPeer n2 = ScriptedPeer.client(other.transport(), bus.server.localAddress());
        n1.connect().register("n1").expectRegistered().ignore("CREDIT");
        n1.play();
        n2.connect().register("n2").expectRegistered().reset();
        n2.play();
        bus.advance(SOON);
        String toN2 = "0500026e32";
        n1.raw("ab020304 00000000 0000001e 001b 02000101 0300080000000000000001" + toN2 + "800004000001f4 78");
        n1.raw("ab020304 00000000 0000001e 001b 02000101 0300080000000000000002" + toN2 + "80000400000bb8 79");
        n1.play();
        bus.advance(Duration.ofSeconds(1));
        n2.connect().register("n2").expectRegistered().ignore("CREDIT");
        n2.expectData("y");
        n2.play();
        bus.advance(SOON);
        n2.verify();

        // A late CANCEL of it is not passed on either, because nothing of it was sent.
        n1.raw(cancel(1, toN2));
        n1.play();
        n2.ping().expectPong();
        n2.play();
        bus.advance(SOON);
        n2.verify();
        n1.verify();
    }

    @Test
    @Tag("M100")
    void peerThatDoesNotSayLeavesItOpen() {
        ScriptedPeer client = ScriptedPeer.client(other.transport(), bus.server.localAddress());
        client.connect().register("n1").expectRegistered().ignore("CREDIT");
        client.raw("ab020304 00000000 00000012 000f 02000101 0300080000000000000001 78");
        client.raw("ab020304 00000000 00000019 0016 02000101 0300080000000000000002 80000400000000 79");
        client.play();
        bus.advance(Duration.ofSeconds(1));
        assertThat(contents).containsExactly("x", "y");
        assertThat(asked.get(0).remaining()).isNull();
        assertThat(asked.get(1).remaining()).isZero();
        client.verify();
    }

    // ---- other peers

    private static String hex(String tlvs) {
        int length = tlvs.replace(" ", "").length() / 2;
        return "ab021180 00000000 " + HexFormat.of().toHexDigits(length) + tlvs;
    }

    private static String cancel(int correlation, String others) {
        return hex("020001 01 030008" + HexFormat.of().toHexDigits((long) correlation) + others);
    }

    @Test
    @Tag("M95")
    void cancelsOfNothingAreIgnored() {
        ScriptedPeer client = ScriptedPeer.client(other.transport(), bus.server.localAddress());
        client.connect().register("n1").expectRegistered().ignore("CREDIT");
        String toN9 = "05 0002 6e39";
        for (int i = 0; i < 10_000; i++) {
            client.raw(cancel(i, i % 2 == 0 ? "" : toN9));
        }
        client.ping().expectPong();
        client.play();
        bus.advance(Duration.ofSeconds(1));
        client.verify();
        assertThat(bus.server.stats().connections().errorsSent()).isEmpty();
    }

    /** Most peers do not know CANCEL, and say nothing to it. */
    @Test
    @Tag("M95")
    void peerThatIgnoresCancelsIsAskedAsBefore() {
        ScriptedPeer client = ScriptedPeer.client(other.transport(), bus.server.localAddress());
        client.connect().register("n1").expectRegistered().ignore("CREDIT");
        client.play();
        bus.advance(SOON);
        CompletableFuture<ByteBuffer> first = bus.server.request("n1", Room.text("first"), SOON);
        client.expectData("first").expect("CANCEL");
        client.play();
        bus.advance(Duration.ofSeconds(1));
        assertThatThrownBy(first::join).hasCauseInstanceOf(TimeoutException.class);
        CompletableFuture<ByteBuffer> second = bus.server.request("n1", Room.text("second"), LONG);
        client.expectData("second").raw("ab020304 00000000 00000011 000f 0200 01 02 030008 0000000000000002");
        client.play();
        bus.advance(Duration.ofSeconds(1));
        client.verify();
        assertThat(second).isCompletedWithValue(ByteBuffer.allocate(0));
    }
}
