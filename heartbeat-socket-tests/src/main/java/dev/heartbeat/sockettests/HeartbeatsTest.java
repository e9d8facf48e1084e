package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PING, PONG and heartbeats, as a server answers them. */
final class HeartbeatsTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("M12")
    void pingIsAnsweredWithItsPayload(boolean registered) throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = registered ? bus.connect("n1") : bus.connect()) {
            for (int size = 0; size <= 64; size++) {
                String payload = HexFormat.of().toHexDigits((byte) size).repeat(size);
                peer.send(Frame.of(Frame.PING, 0, payload));
                assertThat(peer.next()).isEqualTo(Frame.of(Frame.PONG, 0, payload));
            }
        }
    }

    @Test
    @Tag("M12")
    void eachOfManyFramesInOneSegmentIsAnswered() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            Frame[] pings = new Frame[5000];
            for (int i = 0; i < pings.length; i++) {
                pings[i] = Frame.ping("ping " + i);
            }
            peer.send(pings);
            for (int i = 0; i < pings.length; i++) {
                assertThat(peer.next()).isEqualTo(Frame.pong("ping " + i));
            }
        }
    }

    @Test
    @Tag("M1")
    @Tag("M6")
    void framesBeforeForeignBytesAreAnswered() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            byte[] ping = Frame.ping("first").bytes();
            byte[] bytes = java.util.Arrays.copyOf(ping, ping.length + 1);
            peer.send(bytes);
            assertThat(peer.untilEnd()).containsExactly(Frame.pong("first"));
            assertThat(bus.server.stats().connections().foreign()).isEqualTo(1);
        }
    }

    @Test
    @Tag("M28")
    void heartbeatIsAnsweredWithItsTimestamp() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect("n1")) {
            for (long stamp : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                peer.send(Frame.heartbeat(stamp));
                assertThat(peer.next()).isEqualTo(Frame.of(Frame.HEARTBEAT_RES, 0, Frame.u64(stamp) + Frame.u64(0)));
            }
        }
    }

    @Test
    @Tag("M28")
    void onlyEachThirdIsAnsweredWhereThatWasSaid() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.ackEvery(3));
                RawPeer peer = bus.connect()) {
            assertThat(peer.register("n1").payload()).endsWith("810002" + "0003");
            for (int stamp = 0; stamp < 9; stamp++) {
                peer.send(Frame.heartbeat(stamp));
            }
            peer.send(Frame.ping(""));
            List<Frame> answers = peer.until(Frame.PONG);
            assertThat(answers)
                    .extracting(Frame::payload)
                    .containsExactly(
                            Frame.u64(0) + Frame.u64(0), Frame.u64(3) + Frame.u64(0), Frame.u64(6) + Frame.u64(0), "");
        }
    }

    @Test
    void roundTripThatTheNodeMeasuredIsKnown() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect("n1")) {
            peer.send(Frame.of(Frame.HEARTBEAT_REQ, 0, Frame.u64(1) + Frame.u64(0) + "820004" + Frame.u32(1234)));
            peer.next(Frame.HEARTBEAT_RES);
            assertThat(bus.server.nodes().find("n1").map(Node::rtt)).hasValue(Duration.ofNanos(1_234_000));
        }
    }

    @Test
    @Tag("M32")
    void positionsCountTheFramesOfTheResumableStream() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect("n1")) {
            peer.send(
                    Frame.data("one"),
                    Frame.firstFragment(2, "t"),
                    Frame.data("w"),
                    Frame.of(Frame.DATA, 7, ""),
                    Frame.of(Frame.CHANNEL_OPEN, 1, "0000000000010000 1004 6c6f6773"),
                    Frame.of(Frame.CHANNEL_ACCEPT, 9, "0000000000010000"),
                    Frame.of(Frame.CHANNEL_RESET, 1, "0028"),
                    Frame.credit(0, 0),
                    Frame.heartbeat(1));
            List<Frame> answers = peer.until(Frame.HEARTBEAT_RES);
            assertThat(answers.get(answers.size() - 1).payload()).isEqualTo(Frame.u64(1) + Frame.u64(7));

            // DATA on a channel that is not open, OPEN and ACCEPT were each answered with a RESET.
            bus.server.trySend("n1", java.nio.ByteBuffer.allocate(20));
            peer.next(Frame.DATA);
            peer.send(Frame.of(Frame.HEARTBEAT_REQ, 0, Frame.u64(2) + Frame.u64(4)));
            assertThat(peer.next(Frame.HEARTBEAT_RES).payload()).startsWith(Frame.u64(2));
            peer.send(Frame.of(Frame.HEARTBEAT_REQ, 0, Frame.u64(3) + Frame.u64(5)));
            assertThat(ErrorCodes.of(peer.next(Frame.ERROR))).isEqualTo("MALFORMED connection");
        }
    }
}
