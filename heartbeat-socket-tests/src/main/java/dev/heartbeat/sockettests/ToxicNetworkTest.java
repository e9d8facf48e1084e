package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.testkit.ToxicProxy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server and a client on real sockets, with a bad network between them. */
@Tag("long")
final class ToxicNetworkTest {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration LATE = Duration.ofSeconds(10);

    private static final int LARGE = 100_000;

    /**
     * More than the kernel holds between two sockets, so that part of it is still here when the
     * connection breaks.
     */
    private static final int HUGE = 8 << 20;

    private final Transport transport = TestedTransport.start(2);
    private final BlockingQueue<String> ofServer = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ofClient = new LinkedBlockingQueue<>();
    private final BlockingQueue<ByteBuffer> echoes = new LinkedBlockingQueue<>();
    private HeartbeatServer server;
    private HeartbeatClient client;
    private ToxicProxy proxy;

    /** A client of a server, registered through the proxy. */
    private void connect(Duration suspectAfter) throws Exception {
        server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .heartbeatInterval(Duration.ofMillis(50))
                .suspectAfter(suspectAfter)
                .heartbeatTimeout(suspectAfter.multipliedBy(3).dividedBy(2))
                .grace(Duration.ofSeconds(20))
                .listener(new NodeTales())
                .onMessage((from, message) ->
                        assertThat(server.trySend(from.id(), message)).isEqualTo(SendResult.ACCEPTED))
                .transport(transport)
                .start();
        proxy = ToxicProxy.start(server.localAddress());
        client = HeartbeatClient.builder()
                .server("127.0.0.1", proxy.address().getPort())
                .nodeId("n1")
                .reconnectBase(Duration.ofMillis(10))
                .reconnectCap(Duration.ofMillis(100))
                .queueMessages(10)
                .queueBytes(2 * HUGE)
                .listener(new ClientTales())
                .onMessage(echoes::add)
                .transport(transport)
                .connect();
        expect(ofServer, "online");
        expect(ofClient, "registered");
    }

    @AfterEach
    void close() throws IOException {
        transport.close();
        proxy.close();
    }

    /** The time to wait for the next report; generous, because only a broken test reaches it. */
    private static void expect(BlockingQueue<String> told, String what) throws InterruptedException {
        assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo(what);
    }

    @Test
    void bothSidesNoticeThatTheConnectionIsHalfOpenAndFindEachOtherAgain() throws Exception {
        connect(SOON);
        proxy.toServer().timeout();
        proxy.toClient().timeout();
        expect(ofServer, "suspect SILENT");
        expect(ofServer, "offline TIMEOUT");
        expect(ofClient, "suspect");
        expect(ofClient, "disconnected TIMEOUT");

        proxy.toServer().clear();
        proxy.toClient().clear();
        // Attempts made meanwhile have lost bytes, and are not waited for.
        proxy.resetAll();
        expect(ofServer, "online");
    }

    @Test
    void theClientAloneNoticesThatItHearsNothing() throws Exception {
        connect(SOON);
        proxy.toClient().timeout();
        expect(ofClient, "suspect");
        expect(ofClient, "disconnected TIMEOUT");
        expect(ofServer, "suspect LOST");
    }

    @Test
    void messagesArriveWholeThroughCrumbsThatComeLate() throws Exception {
        connect(LATE);
        proxy.toServer().slicer(97, Duration.ZERO).latency(Duration.ofMillis(3), Duration.ofMillis(5));
        proxy.toClient().slicer(101, Duration.ZERO).latency(Duration.ofMillis(3), Duration.ofMillis(5));
        byte[] large = new byte[LARGE];
        new Random(1).nextBytes(large);
        for (ByteBuffer message : new ByteBuffer[] {ByteBuffer.wrap(large), ByteBuffer.allocate(0)}) {
            assertThat(client.trySend(message.duplicate())).isEqualTo(SendResult.ACCEPTED);
            assertThat(echoes.poll(20, TimeUnit.SECONDS)).isEqualTo(message);
        }
        assertThat(ofServer).isEmpty();
        assertThat(ofClient).isEmpty();
    }

    @Test
    void aMessageThatIsCutByAResetIsToldAndNotHeard() throws Exception {
        connect(LATE);
        proxy.toServer().reset(50_000);
        assertThat(client.trySend(ByteBuffer.allocate(HUGE))).isEqualTo(SendResult.ACCEPTED);
        expect(ofServer, "suspect LOST");
        expect(ofClient, "undelivered " + HUGE);
        expect(ofClient, "disconnected CONNECTION_LOST");

        proxy.toServer().clear();
        expect(ofServer, "online");
        expect(ofClient, "registered");
        assertThat(client.trySend(ByteBuffer.allocate(1))).isEqualTo(SendResult.ACCEPTED);
        assertThat(echoes.poll(20, TimeUnit.SECONDS)).isEqualTo(ByteBuffer.allocate(1));
    }

    private final class NodeTales implements NodeListener {
        @Override
        public void onOnline(Node node) {
            ofServer.add("online");
        }

        @Override
        public void onSuspect(Node node, SuspectReason reason) {
            ofServer.add("suspect " + reason);
        }

        @Override
        public void onOffline(Node node, OfflineReason reason) {
            ofServer.add("offline " + reason);
        }
    }

    private final class ClientTales implements ClientListener {
        @Override
        public void onRegistered(Registered registered) {
            ofClient.add("registered");
        }

        @Override
        public void onSuspect() {
            ofClient.add("suspect");
        }

        @Override
        public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
            ofClient.add("undelivered " + message.remaining());
        }

        @Override
        public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
            ofClient.add("disconnected " + reason);
        }
    }
}
