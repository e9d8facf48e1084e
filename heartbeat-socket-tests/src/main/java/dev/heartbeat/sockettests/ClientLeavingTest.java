package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.SendResult;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A client that leaves by itself. */
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
    @Tag("M50")
    void afterItsGoodbyeItReadsAndDropsWhatTheServerStillSends() throws IOException {
        try (ScriptedServer server = new ScriptedServer();
                RawPeer peer = server.acceptAndRegister(1)) {
            server.told.await("registered");
            CompletableFuture<Void> closed = server.client.closeAsync();
            assertThat(peer.untilEnd()).extracting(Frame::type).containsExactly(Frame.UNREGISTER);
            // More than all buffers on the way can hold: unread, it would block, or be answered by
            // a reset.
            byte[] flood = new byte[1 << 20];
            for (int i = 0; i < 16; i++) {
                peer.send(flood);
            }
            peer.close();
            closed.join();
            assertThat(server.told.lines()).noneMatch(line -> line.startsWith("message"));
        }
    }

    /**
     * Nobody is left for what the callback leaves behind, which is no fault of the application's.
     */
    @Test
    void aTransportThatIsClosedDuringACallbackIsNotBlamedOnIt() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Transport transport = TestedTransport.start(1);
        try (ScriptedServer server = new ScriptedServer(
                        options -> options.transport(transport).onMessage(message -> {
                            called.countDown();
                            awaitUninterrupted(ended);
                        }));
                RawPeer peer = server.acceptAndRegister(1)) {
            peer.send(Frame.of(Frame.DATA, 0, "00"));
            called.await();
            CompletableFuture<Void> closed = transport.closeAsync();
            awaitEnd(transport.eventLoops().get(0));
            ended.countDown();
            closed.get(30, TimeUnit.SECONDS);
        }
    }

    private static void awaitEnd(EventLoop loop) throws InterruptedException {
        try {
            while (true) {
                loop.execute(() -> {});
                Thread.sleep(1);
            }
        } catch (RejectedExecutionException e) {
            // It has ended.
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
