package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends of connections to a server, and the states of their nodes. */
final class LeavingTest {

    @Test
    @Tag("M52")
    void goodbyeFollowsTheMessagesBeforeItAndEndsEverything() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect("n1")) {
            peer.send(
                    Frame.data("first"),
                    Frame.data("last"),
                    Frame.of(Frame.UNREGISTER, 0, "810003" + Frame.hex("bye")),
                    Frame.data("too late"),
                    Frame.ping("too late"));
            assertThat(peer.untilEnd()).isEmpty();
            bus.told.await("n1 OFFLINE(UNREGISTERED)");
            assertThat(bus.told.of("n1"))
                    .containsExactly("ONLINE", "message first", "message last", "OFFLINE(UNREGISTERED)");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("M31")
    void endWithoutAWordIsALoss(boolean reset) throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect("n1")) {
            if (reset) {
                peer.reset();
            } else {
                peer.close();
            }
            bus.told.await("n1 SUSPECT(LOST)");
            assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)");
        }
    }

    @Test
    @Tag("M50")
    void peerThatNeverClosesHoldsNothingUp() throws Exception {
        LocalBus bus = new LocalBus();
        try (bus;
                RawPeer peer = bus.connect("n1")) {
            peer.send(Frame.of(Frame.ERROR, 0, ErrorCodes.error("INTERNAL", "connection")));
            assertThat(peer.untilEnd()).isEmpty();
            // The connection is neither closed by the peer nor needed any more; the node may still
            // come back.
            bus.server.shutdownAsync(Duration.ofMinutes(2)).get(30, TimeUnit.SECONDS);
            assertThat(bus.server.stats().connections().open()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Frame.ERROR, Frame.UNREGISTER})
    @Tag("M8")
    @Tag("M50")
    void closingSideReadsAndDropsFurtherInput(int end) throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect("n1")) {
            // MALFORMED is answered, a goodbye is not.
            peer.send(Frame.of(end == Frame.ERROR ? Frame.CREDIT : end, 0, ""));
            // More than all buffers on the way can hold: unread, it would block, or be answered by
            // a reset.
            byte[] flood = new byte[1 << 20];
            for (int i = 0; i < 16; i++) {
                peer.send(flood);
            }
            List<Frame> last = peer.untilEnd();
            assertThat(last).extracting(Frame::type).isEqualTo(end == Frame.ERROR ? List.of(Frame.ERROR) : List.of());
            assertThat(bus.server.stats().connections().errorsSent()).hasSize(last.size());
        }
    }
}
