package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.TakeoverPolicy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One connection that speaks for many nodes, from the server's side: whose a message is, who leaves
 * alone, and what befalls the neighbours of one who does.
 */
final class GatewayTest {
    private static final String NEVER = "ffffffff";

    /** The gateway itself, and nodes n1 to n-count by handles 1 to count. */
    private static RawPeer gateway(LocalBus bus, int count) throws IOException {
        RawPeer peer = bus.connect("gw");
        for (int handle = 1; handle <= count; handle++) {
            Frame answer = peer.register(Frame.register("n" + handle).of(handle));
            assertThat(answer.stream()).isEqualTo(handle);
        }
        return peer;
    }

    private static void send(LocalBus bus, String node, String text) {
        assertThat(bus.server.trySend(node, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))))
                .hasToString("ACCEPTED");
    }

    private static Map<String, String> metadata(LocalBus bus, String node) {
        return bus.server.nodes().find(node).map(Node::metadata).orElseThrow();
    }

    @Test
    @Tag("M65")
    void messagesAreOfTheNodeTheyName() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 3)) {
            peer.send(Frame.data(2, "from two"), Frame.data("from the gateway"), Frame.data(3, "from three"));
            bus.told.await("n2 message from two");
            bus.told.await("gw message from the gateway");
            bus.told.await("n3 message from three");

            send(bus, "n3", "for three");
            assertThat(peer.next()).isEqualTo(Frame.data(3, "for three"));
            send(bus, "gw", "for the gateway");
            assertThat(peer.next()).isEqualTo(Frame.data("for the gateway"));
            assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(4);
        }
    }

    @Test
    @Tag("M35")
    @Tag("M65")
    void aLargeMessageNamesItsNodeOnce() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 2)) {
            bus.server.trySend("n2", ByteBuffer.allocate(40_000));
            Frame first = peer.next();
            assertThat(first.flags()).isEqualTo(Frame.MORE | Frame.HEAD);
            assertThat(first.payload()).startsWith("000e" + "010004" + Frame.u32(2) + "060004" + Frame.u32(40_000));
            int arrived = first.size() - Frame.HEADER - 16;
            while (arrived < 40_000) {
                Frame next = peer.next();
                assertThat(next.flags() & Frame.HEAD).isZero();
                arrived += next.size() - Frame.HEADER;
            }
            assertThat(arrived).isEqualTo(40_000);

            peer.send(
                    Frame.of(Frame.DATA, 0, "000e 010004 00000001 060004 0000000a 616263")
                            .withFlags(Frame.MORE | Frame.HEAD),
                    Frame.data("defghij"));
            bus.told.await("n1 message abcdefghij");
        }
    }

    @Test
    @Tag("M65")
    void nodesTakeTurns() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            peer.register(Frame.register("gw", 1, 1, 16_396, ""));
            for (int handle = 1; handle <= 3; handle++) {
                peer.register(Frame.register("n" + handle).of(handle));
            }
            // Too long for two in a frame.
            String many = "many".repeat(2_500);
            // Uses up the credit, so that the others wait.
            bus.server.trySend("gw", ByteBuffer.allocate(16_000));
            peer.next(Frame.DATA);
            for (int i = 0; i < 20; i++) {
                send(bus, "n1", many);
            }
            send(bus, "n2", "one");
            send(bus, "n3", "one");
            // A loop reads before it does what it was asked to, so the last of them asks for its
            // turn in the one in which this is answered.
            peer.send(Frame.ping("asked"));
            peer.next(Frame.PONG);
            peer.send(Frame.credit(0, 1 << 20), Frame.credit(Frame.CONNECTION, 1 << 20));
            List<Frame> came = new ArrayList<>();
            while (came.size() < 22) {
                Frame frame = peer.next();
                if (frame.type() == Frame.DATA) {
                    came.add(frame);
                }
            }
            assertThat(came.indexOf(Frame.data(2, "one"))).isBetween(0, 3);
            assertThat(came.indexOf(Frame.data(3, "one"))).isBetween(0, 4);
            assertThat(came).filteredOn(Frame.data(1, many)::equals).hasSize(20);
        }
    }

    @Test
    void aNodeWhoseCallbacksBlockDoesNotStopItsNeighbours() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 2)) {
            bus.application.block("n1");
            for (int i = 0; i < 10; i++) {
                peer.send(Frame.data(1, "slow"), Frame.data(2, "quick " + i));
            }
            bus.told.await("n2 message quick 9");
            bus.told.awaitOf("n1", "ONLINE");
        }
    }

    @Test
    @Tag("M52")
    @Tag("M63")
    void unregisteredNodeLeavesAlone() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 3)) {
            peer.send(Frame.data(2, "last"), Frame.of(Frame.UNREGISTER, 2, ""));
            bus.told.awaitOf("n2", "ONLINE", "message last", "OFFLINE(UNREGISTERED)");
            peer.send(Frame.data(2, "too late"), Frame.data(3, "still there"));
            bus.told.await("n3 message still there");
            // It may come back, by a handle of its own.
            peer.register(Frame.register("n2", 1, 2, "").of(4));
            bus.told.awaitOf("n2", "ONLINE", "message last", "OFFLINE(UNREGISTERED)", "ONLINE");
            assertThat(bus.server.stats().connections().errorsSent()).isEmpty();
        }
    }

    @Test
    @Tag("M63")
    void kickedNodeIsNotifiedAndItsNeighboursAreNot() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 3)) {
            assertThat(bus.server.kick("n2", "enough")).isTrue();
            assertThat(peer.next())
                    .isEqualTo(Frame.of(Frame.GO_AWAY, 2, "01 0003" + NEVER + "810006" + Frame.hex("enough")));
            // Frames that crossed with it are no error, in any number.
            for (int i = 0; i < 20; i++) {
                peer.send(Frame.data(2, "crossed"), Frame.of(Frame.UPDATE, 2, ""));
            }
            peer.send(Frame.of(Frame.UNREGISTER, 2, ""), Frame.data(1, "one"), Frame.data(3, "three"));
            bus.told.await("n1 message one");
            bus.told.await("n3 message three");
            bus.told.awaitOf("n2", "ONLINE", "OFFLINE(KICKED)");
            assertThat(bus.server.stats().connections().errorsSent()).isEmpty();
        }
    }

    @Test
    @Tag("M21")
    @Tag("M63")
    void replacedNodeIsNotifiedAndMovedNodeIsNot() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 3);
                RawPeer other = bus.connect("other")) {
            // The same process over another gateway, then another process.
            other.register(Frame.register("n1", 1, 2, "").of(1));
            bus.told.awaitOf("n1", "ONLINE", "SUSPECT(LOST)", "ONLINE");
            other.register(Frame.register("n2", 2, 1, "").of(2));
            bus.told.awaitOf("n2", "ONLINE", "OFFLINE(REPLACED)", "ONLINE");
            Frame told = peer.next();
            assertThat(told.type()).isEqualTo(Frame.GO_AWAY);
            assertThat(told.stream()).isEqualTo(2);
            assertThat(told.payload()).startsWith("01" + "0002" + NEVER);
            peer.send(Frame.data(1, "of nobody"), Frame.data(2, "of nobody"), Frame.data(3, "three"));
            bus.told.await("n3 message three");
            other.send(Frame.data(1, "moved"));
            bus.told.await("n1 message moved");
            assertThat(bus.told.lines()).noneMatch(line -> line.endsWith("of nobody"));
        }
    }

    @Test
    @Tag("M66")
    void neighboursAreAwaitedWhenTheConnectionBreaks() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 3)) {
            peer.reset();
            for (String node : List.of("gw", "n1", "n2", "n3")) {
                bus.told.awaitOf(node, "ONLINE", "SUSPECT(LOST)");
            }
            try (RawPeer other = bus.connect("other")) {
                other.register(Frame.register("n2", 1, 2, "").of(7));
                bus.told.awaitOf("n2", "ONLINE", "SUSPECT(LOST)", "ONLINE");
            }
        }
    }

    @Test
    @Tag("M66")
    void neighboursAreAwaitedWhenTheGatewayItselfLeaves() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 2)) {
            peer.send(Frame.of(Frame.UNREGISTER, 0, ""));
            bus.told.awaitOf("gw", "ONLINE", "OFFLINE(UNREGISTERED)");
            bus.told.awaitOf("n1", "ONLINE", "SUSPECT(LOST)");
            bus.told.awaitOf("n2", "ONLINE", "SUSPECT(LOST)");
            assertThat(peer.untilEnd()).isEmpty();
        }
    }

    @Test
    @Tag("M66")
    void neighboursAreAwaitedWhenTheGatewayIsKicked() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 1)) {
            bus.server.kick("gw", "");
            assertThat(peer.untilEnd()).extracting(Frame::stream).containsExactly(0);
            bus.told.awaitOf("gw", "ONLINE", "OFFLINE(KICKED)");
            bus.told.awaitOf("n1", "ONLINE", "SUSPECT(LOST)");
        }
    }

    @Test
    @Tag("M61")
    void anUpdateReplacesAllMetadata() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            peer.register(Frame.register("gw", 1, 1, "010003016176" + "010003016276"));
            peer.register(Frame.register("n1").of(1));
            assertThat(metadata(bus, "gw")).containsOnlyKeys("a", "b");
            peer.send(Frame.of(Frame.UPDATE, 0, "010003016377"), Frame.of(Frame.UPDATE, 1, "010003016478"));
            bus.told.awaitOf("gw", "ONLINE", "updated {c=w}");
            bus.told.awaitOf("n1", "ONLINE", "updated {d=x}");
            peer.send(Frame.of(Frame.UPDATE, 1, "0100020076"));
            assertThat(ErrorCodes.of(peer.next())).isEqualTo("INVALID_METADATA node");
            assertThat(metadata(bus, "gw")).isEqualTo(Map.of("c", "w"));
            assertThat(metadata(bus, "n1")).isEqualTo(Map.of("d", "x"));
        }
    }

    @Test
    @Tag("M49")
    @Tag("M21")
    void refusalsThatTellOfOthersAreNotCounted() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.takeoverPolicy(TakeoverPolicy.REFUSE));
                RawPeer first = gateway(bus, 40);
                RawPeer second = bus.connect("second")) {
            for (int handle = 1; handle <= 40; handle++) {
                second.send(Frame.register("n" + handle, 2, 1, "").of(handle));
                assertThat(ErrorCodes.of(second.next())).isEqualTo("NODE_ID_IN_USE node");
            }
            second.register(Frame.register("new", 2, 1, "").of(41));
            assertThat(bus.errors("NODE_ID_IN_USE")).isEqualTo(40);
            first.send(Frame.data(40, "untouched"));
            bus.told.await("n40 message untouched");
        }
    }

    @Test
    @Tag("M20")
    void aPlaceIsFreeAgainWhenOneHasLeft() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.maxNodesPerConnection(2));
                RawPeer peer = gateway(bus, 2)) {
            peer.send(Frame.register("n3").of(3));
            assertThat(ErrorCodes.of(peer.next())).isEqualTo("UNSUPPORTED node");
            peer.send(Frame.of(Frame.UNREGISTER, 1, ""));
            peer.register(Frame.register("n3").of(3));
        }
    }

    /** Its answers wait for a socket that nobody reads; there is a bound to that. */
    @Test
    @Tag("M9")
    @Tag("M62")
    void aFloodOfRegistrationsIsCutOff() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.writeStallTimeout(Duration.ofMinutes(5)));
                RawPeer peer = RawPeer.connect(bus.port(), 4096)) {
            peer.register("gw");
            try {
                for (int handle = 1; handle < 1_000_000; handle++) {
                    peer.send(Frame.register("n1", 1, handle, "").of(handle), Frame.of(Frame.UNREGISTER, handle, ""));
                }
                throw new AssertionError("a million registrations were answered, and no answer read");
            } catch (InterruptedIOException e) {
                throw e;
            } catch (SocketException e) {
                bus.told.await("gw OFFLINE(PROTOCOL_ERROR)");
                assertThat(bus.errors("TOO_MANY_ERRORS")).isEqualTo(1);
            }
        }
    }

    @Test
    @Tag("M19")
    @Tag("M52")
    void handleWhoseRegistrationWasRefusedWasNeverRegistered() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 0)) {
            peer.send(Frame.register("no id").of(1), Frame.of(Frame.UNREGISTER, 1, ""));
            assertThat(ErrorCodes.of(peer.next())).isEqualTo("INVALID_NODE_ID node");
            assertThat(ErrorCodes.of(peer.next())).isEqualTo("UNKNOWN_HANDLE node");
            assertThat(peer.register(Frame.register("n1").of(1)).stream()).isEqualTo(1);
        }
    }

    @Test
    @Tag("M21")
    @Tag("M63")
    void handleWhoseNodeIsBackElsewhereEndsInSilence() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = gateway(bus, 2);
                RawPeer other = bus.connect("other")) {
            other.register(Frame.register("n1", 1, 2, "").of(1));
            bus.told.awaitOf("n1", "ONLINE", "SUSPECT(LOST)", "ONLINE");
            // The loop of the gateway's connection hears of it a little later, and answers until
            // then.
            Frame beatOfOne = Frame.of(Frame.HEARTBEAT_REQ, 1, Frame.u64(1) + Frame.u64(0));
            do {
                peer.send(beatOfOne, Frame.heartbeat(1));
            } while (peer.next().stream() == 1 && peer.next().stream() == 0);
            peer.send(
                    Frame.data(1, "too late"),
                    Frame.of(Frame.HEARTBEAT_REQ, 1, Frame.u64(1) + Frame.u64(0)),
                    Frame.of(Frame.UNREGISTER, 1, ""),
                    Frame.heartbeat(2));
            assertThat(peer.next()).isEqualTo(Frame.of(Frame.HEARTBEAT_RES, 0, Frame.u64(2) + Frame.u64(1)));
            assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(4);
        }
    }
}
