package dev.heartbeat.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heartbeat.SendResult;
import dev.heartbeat.spi.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How a client leaves by itself. */
final class ClientLeavingTest {

    @Test
    @Tag("M52")
    void goodbyeIsTheLastFrameAndFollowsEverythingThatWasAccepted() throws Exception {
        try (ScriptedServer server = new ScriptedServer();
                RawPeer peer = server.acceptAndRegister(1)) {
            server.told.await("registered");
            for (int i = 0; i < 5; i++) {
                assertThat(server.client.trySend(ByteBuffer.allocate(1000))).isEqualTo(SendResult.ACCEPTED);
            }
            CompletableFuture<Void> closed = server.client.closeAsync();
            List<Frame> last = peer.untilEnd();
            assertThat(last)
                    .extracting(Frame::type)
                    .containsExactly(Frame.DATA, Frame.DATA, Frame.DATA, Frame.DATA, Frame.DATA, Frame.UNREGISTER);
            peer.close();
            closed.get(30, TimeUnit.SECONDS);
            assertThat(server.told.lines()).endsWith("disconnected UNREGISTERED for good", "closed UNREGISTERED");
        }
    }

    @Test
    void messageThatIsTakenAfterItsTransportWasClosedIsNoDefect() throws Exception {
        CompletableFuture<Void> mayTake = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(options -> options.onMessage(message -> mayTake.join()));
                RawPeer peer = server.acceptAndRegister(1)) {
            peer.send(Frame.data("to be taken late"), Frame.ping(""));
            peer.next(Frame.PONG);
            CompletableFuture<Void> closed = server.transport.closeAsync();
            EventLoop loop = server.transport.eventLoops().get(0);
            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> {
                while (true) {
                    loop.execute(() -> {});
                }
            });
            mayTake.complete(null);
            closed.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    @Tag("M50")
    void afterItsGoodbyeItReadsAndDropsWhatTheServerStillSends() throws IOException {
        try (ScriptedServer server = new ScriptedServer();
                RawPeer peer = server.acceptAndRegister(1)) {
            server.told.await("registered");
            CompletableFuture<Void> closed = server.client.closeAsync();
            assertThat(peer.untilEnd()).extracting(Frame::type).containsExactly(Frame.UNREGISTER);
            // More than all buffers on the way can hold: unread, it would block, or be answered by a reset.
            byte[] flood = new byte[1 << 20];
            for (int i = 0; i < 16; i++) {
                peer.send(flood);
            }
            peer.close();
            closed.join();
            assertThat(server.told.lines()).noneMatch(line -> line.startsWith("message"));
        }
    }
}
