package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** The heap that registrations hold, against the server's own count, by which it bounds them. */
final class RegistrationMemoryTest {
    private static final int NODES = 1000;
    private static final int PIPELINED = 100;
    private static final int ENTRIES = 32;
    private static final int METADATA = 4096;

    private interface Action {
        void run() throws IOException;
    }

    private final Semaphore lost = new Semaphore(0);

    private HeartbeatServer start(Transport transport) {
        return HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .heartbeatTimeout(Duration.ofHours(1))
                .maxNodesPerConnection(3 * NODES)
                .transport(transport)
                .listener(new NodeListener() {
                    @Override
                    public void onSuspect(Node node, SuspectReason reason) {
                        lost.release();
                    }
                })
                .start();
    }

    /**
     * As many bytes of metadata as are allowed, in as many entries; the key comes first in the
     * value of each TLV.
     */
    private static String metadata() {
        StringBuilder tlvs = new StringBuilder();
        for (int i = 0; i < ENTRIES; i++) {
            String entry = String.format("key-%04d", i) + "v".repeat(METADATA / ENTRIES - 8);
            tlvs.append(String.format("01%04x08", 1 + entry.length()))
                    .append(HexFormat.of().formatHex(entry.getBytes(StandardCharsets.US_ASCII)));
        }
        return tlvs.toString();
    }

    /**
     * Returns how many bytes an action leaves in use for each node, which is no more than are
     * counted.
     */
    private static long measured(HeartbeatServer server, Action action) throws IOException {
        long before = UsedHeap.bytes();
        long countedBefore = server.stats().liveness().registrationBytes();
        action.run();
        long used = (UsedHeap.bytes() - before) / NODES;
        long counted = (server.stats().liveness().registrationBytes() - countedBefore) / NODES;
        System.out.println("bytes of heap per registration: " + used + ", counted: " + counted);
        assertThat(used).isLessThanOrEqualTo(counted + 32).isGreaterThan(counted / 3);
        return used;
    }

    @Test
    void metadataTakeLittleMoreThanTheirBytes() throws IOException {
        String metadata = metadata();
        try (Transport transport = TestedTransport.start(1);
                HeartbeatServer server = start(transport);
                RawPeer peer = RawPeer.connect(server.localAddress().getPort())) {
            peer.register("gateway");
            attach(peer, 1, "");
            long plain = measured(server, () -> attach(peer, 1 + NODES, ""));
            long large = measured(server, () -> attach(peer, 1 + 2 * NODES, metadata));
            assertThat(large - plain).isLessThanOrEqualTo(METADATA * 3 / 2 + 300);
        }
    }

    private static void attach(RawPeer peer, int first, String metadata) throws IOException {
        for (int from = first; from < first + NODES; from += PIPELINED) {
            Frame[] registrations = new Frame[PIPELINED];
            for (int i = 0; i < PIPELINED; i++) {
                registrations[i] =
                        Frame.register("node-" + (from + i), 1, 1, metadata).of(from + i);
            }
            peer.send(registrations);
            for (int i = 0; i < PIPELINED; i++) {
                assertThat(peer.next().type()).isEqualTo(Frame.REGISTERED);
            }
        }
    }

    @Test
    void nodesInTheirGraceKeepNoMoreOfTheirConnectionsThanIsCounted() throws IOException {
        try (Transport transport = TestedTransport.start(1);
                HeartbeatServer server = start(transport)) {
            register(server, "first");
            measured(server, () -> register(server, "second"));
            assertThat(server.nodes().count(NodeState.SUSPECT)).isEqualTo(2 * NODES);
        }
    }

    /** Each registers and is cut off. */
    private void register(HeartbeatServer server, String name) throws IOException {
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            RawPeer peer = RawPeer.connect(server.localAddress().getPort());
            peers.add(peer);
            peer.register(name + "-" + i);
        }
        for (RawPeer peer : peers) {
            peer.close();
        }
        lost.acquireUninterruptibly(NODES);
    }
}
