package dev.heartbeat.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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
}
