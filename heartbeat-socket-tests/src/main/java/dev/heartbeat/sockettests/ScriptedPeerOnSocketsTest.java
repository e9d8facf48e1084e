package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The scripted peer is a client and a server on real sockets as it is in the simulation. */
@SuppressWarnings("FutureReturnValueIgnored") // It is verified instead.
final class ScriptedPeerOnSocketsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Transport transport = TestedTransport.start(2);

    @AfterEach
    void close() {
        transport.close();
    }

    @Test
    void aClientOfAServer() throws Exception {
        HeartbeatServer server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .transport(transport)
                .start();
        ScriptedPeer peer = ScriptedPeer.client(transport, server.localAddress());
        peer.connect().register("n1").expectRegistered();
        peer.heartbeat().expectHeartbeatAnswer().ping().expectPong();
        peer.raw("ab02").raw("04").raw("000000000000000000").expectPong();
        peer.register("n1").expectError("ALREADY_REGISTERED");
        peer.data(new byte[16_385]).expectError("FRAME_TOO_LARGE").expectEndOfStream();
        peer.play();
        peer.verify(PATIENCE);
    }

    @Test
    void aServerOfAClient() throws Exception {
        ScriptedPeer peer = ScriptedPeer.server(transport);
        HeartbeatClient client = HeartbeatClient.builder()
                .server("127.0.0.1", peer.address().getPort())
                .nodeId("n1")
                .reconnectBase(Duration.ofMillis(1))
                .reconnectCap(Duration.ofMillis(10))
                .transport(transport)
                .connect();
        peer.expectConnection().expectRegister("n1");
        peer.registered(Duration.ofMillis(50), Duration.ofSeconds(9), Duration.ofSeconds(10));
        peer.expectHeartbeat().answerHeartbeat().expectHeartbeat().reset();
        peer.expectConnection().expectRegister("n1").registered();
        peer.play();
        peer.verify(PATIENCE);
        assertThat(client.rtt()).isPositive();
        peer.close();
    }
}
