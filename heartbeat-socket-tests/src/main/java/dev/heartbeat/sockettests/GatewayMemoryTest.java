package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.NodeState;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The server's memory for a node that a gateway speaks for: measured, with everything that hangs on
 * it.
 */
final class GatewayMemoryTest {
    private static final int GATEWAYS = 100;
    private static final int NODES = 1000;
    private static final int PIPELINED = 200;
    private static final long ALLOWED = 300;

    @Test
    void aNodeOfAGatewayTakesLittle() throws IOException {
        List<RawPeer> peers = new ArrayList<>();
        try (Transport transport = TestedTransport.start(2);
                HeartbeatServer server = HeartbeatServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .heartbeatTimeout(Duration.ofHours(1))
                        .transport(transport)
                        .start()) {
            for (int i = 0; i < GATEWAYS; i++) {
                RawPeer peer = RawPeer.connect(server.localAddress().getPort());
                peers.add(peer);
                peer.register(String.format("gateway-%016d", i));
            }
            long before = UsedHeap.bytes();
            for (int i = 0; i < GATEWAYS; i++) {
                attach(peers.get(i), i);
            }
            assertThat(server.nodes().count(NodeState.ONLINE)).isEqualTo(GATEWAYS * (NODES + 1));
            long perNode = (UsedHeap.bytes() - before) / (GATEWAYS * NODES);
            System.out.println("bytes of heap per node of a gateway: " + perNode);
            assertThat(perNode).isBetween(ALLOWED / 2, ALLOWED);
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }

    private static void attach(RawPeer peer, int gateway) throws IOException {
        for (int first = 1; first <= NODES; first += PIPELINED) {
            Frame[] registrations = new Frame[PIPELINED];
            for (int i = 0; i < PIPELINED; i++) {
                int handle = first + i;
                registrations[i] = Frame.register(String.format("node-%06d-of-%09d", gateway, handle))
                        .of(handle);
            }
            peer.send(registrations);
            for (int i = 0; i < PIPELINED; i++) {
                assertThat(peer.next().type()).isEqualTo(Frame.REGISTERED);
            }
        }
    }
}
