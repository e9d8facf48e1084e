package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.SendResult;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages that a server sends to a peer that is sparing with credit. */
final class MessagesFromServerTest {
    private static final int CREDIT = 16_396;

    /** Sums up DATA, and stops at the first other frame. */
    private static long data(RawPeer peer, List<Frame> others) throws IOException {
        long sum = 0;
        Frame frame = peer.next();
        while (frame.type() == Frame.DATA) {
            sum += frame.size();
            frame = peer.next();
        }
        others.add(frame);
        return sum;
    }

    @Test
    @Tag("M40")
    @Tag("M42")
    void withoutCreditOnlyDataWaits() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            peer.register(Frame.register("n1", 1, 1, CREDIT, ""));
            for (int i = 0; i < 4; i++) {
                assertThat(bus.server.trySend("n1", ByteBuffer.allocate(10_000)))
                        .hasToString("ACCEPTED");
            }
            List<Frame> others = new ArrayList<>();
            peer.send(Frame.ping("1"));
            long sent = data(peer, others);
            peer.send(Frame.heartbeat(2));
            sent += data(peer, others);
            peer.send(Frame.credit(3, 4));
            sent += data(peer, others);
            assertThat(others)
                    .extracting(Frame::type)
                    .containsExactly(Frame.PONG, Frame.HEARTBEAT_RES, Frame.CHANNEL_RESET);
            assertThat(sent).isBetween(10_012L, (long) CREDIT);

            // Both limits count, and each goes on from where it was.
            peer.send(Frame.credit(0, 100_000), Frame.ping("4"));
            assertThat(data(peer, others)).isZero();
            peer.send(Frame.credit(Frame.CONNECTION, 25_000), Frame.ping("5"));
            sent += data(peer, others);
            assertThat(sent).isBetween(20_000L, 25_000L);
            peer.send(Frame.credit(Frame.CONNECTION, 100_000));
            while (sent < 40_000) {
                sent += peer.next().size();
            }
        }
    }

    @Test
    @Tag("M41")
    void lowerLimitThanBeforeSaysNothing() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            peer.register(Frame.register("n1", 1, 1, CREDIT, ""));
            for (int stream : new int[] {0, Frame.CONNECTION}) {
                peer.send(Frame.credit(stream, 50_000), Frame.credit(stream, 20_000), Frame.credit(stream, 0));
            }
            for (int i = 0; i < 4; i++) {
                bus.server.trySend("n1", ByteBuffer.allocate(10_000));
            }
            for (long sent = 0; sent < 4 * 10_012; ) {
                Frame data = peer.next();
                assertThat(data.type()).isEqualTo(Frame.DATA);
                sent += data.size();
            }
        }
    }

    @Test
    @Tag("M35")
    @Tag("M40")
    void largeMessageComesInFragmentsThatAddUp() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            peer.register(Frame.register("n1", 1, 1, 1 << 20, ""));
            bus.server.trySend("n1", ByteBuffer.allocate(50_000));
            Frame first = peer.next();
            assertThat(first.flags()).isEqualTo(Frame.MORE | Frame.HEAD);
            assertThat(first.payload()).startsWith("0007" + "060004" + Frame.u32(50_000));
            int arrived = first.size() - Frame.HEADER - 9;
            Frame next;
            do {
                next = peer.next();
                arrived += next.size() - Frame.HEADER;
                assertThat(next.flags()).isEqualTo(arrived < 50_000 ? Frame.MORE : 0);
            } while (next.flags() == Frame.MORE);
            assertThat(arrived).isEqualTo(50_000);
        }
    }

    /** The receiver gives room for a frame at a time, and never for the whole message. */
    @Test
    @Tag("M44")
    void windowThatSlidesWithTheFragmentsIsEnough() throws IOException {
        int total = 200_000;
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            peer.register(Frame.register("n1", 1, 1, CREDIT, ""));
            bus.server.trySend("n1", ByteBuffer.allocate(total));
            long received = 0;
            Frame last;
            do {
                last = peer.next();
                assertThat(last.type()).isEqualTo(Frame.DATA);
                received += last.size();
                assertThat(received).isLessThanOrEqualTo(limitAfter(received - last.size()));
                peer.send(Frame.credit(0, limitAfter(received)), Frame.credit(Frame.CONNECTION, limitAfter(received)));
            } while ((last.flags() & Frame.MORE) != 0);
            assertThat(received).isGreaterThan(total);
        }
    }

    private static long limitAfter(long received) {
        return received + CREDIT;
    }

    @Test
    @Tag("M75")
    void failureThatTheAskerDoesNotTakeIsToldByAnError() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.channelQueueMessages(4));
                RawPeer peer = bus.connect()) {
            peer.register(Frame.register("n1", 1, 1, CREDIT, ""));
            peer.send(request(1, "nobody"));
            Frame failure = peer.next();
            assertThat(failure.payload()).startsWith("000f" + "02000103" + "030008" + Frame.u64(1));

            // Uses up the credit and the queue.
            bus.server.trySend("n1", ByteBuffer.allocate(CREDIT - failure.size() - Frame.HEADER));
            peer.next(Frame.DATA);
            int queued = 0;
            while (bus.server.trySend("n1", ByteBuffer.allocate(1000)) == SendResult.ACCEPTED) {
                queued++;
            }
            peer.send(request(2, "nobody"));
            assertThat(ErrorCodes.of(peer.next(Frame.ERROR))).isEqualTo("NOT_PASSED_ON channel");

            peer.send(Frame.credit(0, 1 << 20), Frame.credit(Frame.CONNECTION, 1 << 20));
            for (int i = 0; i < queued; i++) {
                assertThat(peer.next(Frame.DATA).size()).isEqualTo(Frame.HEADER + 1000);
            }
            peer.send(request(3, "nobody"));
            assertThat(peer.next(Frame.DATA).payload()).startsWith("000f" + "02000103" + "030008" + Frame.u64(3));
        }
    }

    private static Frame request(long correlation, String node) {
        String tlvs =
                "02000101" + "030008" + Frame.u64(correlation) + "05" + Frame.u16(node.length()) + Frame.hex(node);
        return Frame.of(Frame.DATA, 0, Frame.u16(tlvs.length() / 2) + tlvs).withFlags(Frame.HEAD);
    }

    @Test
    @Tag("M90")
    void peerThatTakesNothingIsResetWithoutAWord() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.writeStallTimeout(Duration.ofMillis(300)));
                RawPeer peer = RawPeer.connect(bus.port(), 4096)) {
            peer.register(Frame.register("n1", 1, 1, 1L << 40, ""));
            // More than the kernels of both sides hold.
            for (int i = 0; i < 4; i++) {
                bus.server.trySend("n1", ByteBuffer.allocate(8 << 20));
            }
            bus.told.await("n1 SUSPECT(LOST)");
            assertThat(bus.server.stats().connections().writeStalls()).isEqualTo(1);
            assertThat(bus.server.stats().connections().errorsSent()).isEmpty();
            assertThat(bus.told.of("n1"))
                    .filteredOn(line -> !line.startsWith("undelivered"))
                    .containsExactly("ONLINE", "SUSPECT(LOST)");
            try {
                for (Optional<Frame> frame = peer.read(); frame.isPresent(); frame = peer.read()) {
                    assertThat(frame.get().type()).isIn(Frame.DATA, Frame.PING);
                }
            } catch (SocketException | EOFException e) {
                // Frames in flight are lost with the reset.
            }
        }
    }
}
