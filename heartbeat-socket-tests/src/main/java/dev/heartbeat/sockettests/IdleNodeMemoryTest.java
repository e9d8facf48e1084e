package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.NodeState;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * The server's memory for an idle node with a connection of its own: measured, with everything that
 * hangs on it, the sockets of the transport included.
 */
final class IdleNodeMemoryTest {
    private static final int NODES = 1000;
    /** On nio as measured: 1,203, of which 632 are the JDK's, which may change with it. */
    private static final long ALLOWED = TestedTransport.name().equals("nio") ? 1_350 : 2_048;

    private static final long AT_LEAST = 300;

    @Test
    void anIdleNodeTakesLittle() throws Exception {
        List<RawPeer> peers = new ArrayList<>();
        try (Transport transport = TestedTransport.start(1);
                HeartbeatServer server = HeartbeatServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .heartbeatTimeout(Duration.ofHours(1))
                        .handshakeTimeout(Duration.ofMinutes(1))
                        .transport(transport)
                        .start()) {
            try {
                register("warm-up-of-all-that-is-made-once", server, peers);
                // The memory of the peers themselves is taken before: the kernel connects them while
                // the server's loop does nothing.
                CountDownLatch goOn = new CountDownLatch(1);
                transport.eventLoops().get(0).execute(() -> awaitQuietly(goOn));
                for (int i = 0; i < NODES; i++) {
                    RawPeer peer = RawPeer.connect(server.localAddress().getPort());
                    peers.add(peer);
                    peer.send(Frame.register(String.format("node-of-the-fleet-%05d", i)));
                }
                long before = UsedHeap.bytes();
                goOn.countDown();
                for (RawPeer peer : peers.subList(1, peers.size())) {
                    assertThat(peer.next().type()).isEqualTo(Frame.REGISTERED);
                }
                assertThat(server.nodes().count(NodeState.ONLINE)).isEqualTo(NODES + 1);
                long perNode = (UsedHeap.bytes() - before) / NODES;
                System.out.println("bytes of heap per idle node with a connection: " + perNode);
                assertThat(perNode).isBetween(AT_LEAST, ALLOWED);
            } finally {
                for (RawPeer peer : peers) {
                    peer.close();
                }
            }
        }
    }

    private static void register(String id, HeartbeatServer server, List<RawPeer> peers) throws IOException {
        RawPeer peer = RawPeer.connect(server.localAddress().getPort());
        peers.add(peer);
        peer.register(id);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
