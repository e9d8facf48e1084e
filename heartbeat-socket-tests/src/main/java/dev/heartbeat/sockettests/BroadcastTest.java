package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.BroadcastResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One message to many, over real sockets: every peer gets the same bytes, in one frame or several,
 * whatever its neighbours do.
 */
final class BroadcastTest {
    private static final int PEERS = 20;

    @Test
    void everyPeerGetsTheSameBytesWhoeverDoesNotRead() throws IOException {
        List<RawPeer> peers = new ArrayList<>();
        try (LocalBus bus = new LocalBus()) {
            for (int i = 0; i < PEERS; i++) {
                RawPeer peer = bus.connect();
                peers.add(peer);
                peer.register(Frame.register("n" + i, 1, 1, 1 << 20, ""));
                assertThat(bus.server.groups().join("red", "n" + i)).hasToString("JOINED");
            }
            ByteBuffer small = ByteBuffer.wrap(new byte[] {1, 2, 3});
            BroadcastResult all = new BroadcastResult(PEERS, PEERS, 0, 0, 0, 0, 0);
            assertThat(bus.server.groups().broadcast("red", small)).isEqualTo(all);
            assertThat(bus.server.broadcast(ByteBuffer.allocate(50_000))).isEqualTo(all);
            // The first reads nothing at all.
            for (RawPeer peer : peers.subList(1, PEERS)) {
                Frame whole = peer.next();
                assertThat(whole.type()).isEqualTo(Frame.DATA);
                assertThat(whole.flags()).isZero();
                assertThat(whole.payload()).isEqualTo("010203");
                int arrived = -9; // The HEAD of the first frame, which states the total.
                for (Frame next = peer.next(); ; next = peer.next()) {
                    assertThat(next.type()).isEqualTo(Frame.DATA);
                    arrived += next.size() - Frame.HEADER;
                    if (arrived == 50_000) {
                        break;
                    }
                }
            }
            assertThat(small.remaining()).isEqualTo(3);
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }
}
