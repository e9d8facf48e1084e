package dev.heartbeat.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.LinkSettings;
import dev.heartbeat.testkit.Simulation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Everything that takes time, in virtual time: handshakes that do not end, places, stalls, and
 * closing.
 */
final class TlsInTimeTest {
    private static final int PORT = 9501;

    private final Simulation sim = new Simulation(42);
    private final Host serverHost = sim.newHost("server");
    private final List<String> offline = new ArrayList<>();
    private ServerTls tls = tls(builder -> builder);
    private int dribbles;

    private static ServerTls tls(UnaryOperator<ServerTls.Builder> change) {
        Certificates.KeyFiles files = Certificates.SHARED.server();
        return change.apply(Engines.server()
                        .certificate(files.chain(), files.key())
                        .options(options -> options.handshakeThreads(0)))
                .build();
    }

    private HeartbeatServer start(UnaryOperator<HeartbeatServer.Builder> change) {
        return change.apply(HeartbeatServer.builder()
                        .port(PORT)
                        .transport(serverHost.transport())
                        .layer(tls)
                        .listener(new NodeListener() {
                            @Override
                            public void onOffline(Node node, OfflineReason reason) {
                                offline.add(node.id() + " " + reason);
                            }
                        }))
                .start();
    }

    private HeartbeatClient connect(String id) {
        return connect(id, sim.newHost(id));
    }

    private HeartbeatClient connect(String id, Host host) {
        return HeartbeatClient.builder()
                .nodeId(id)
                .server(serverHost.address(), PORT)
                .transport(host.transport())
                .layer(Engines.client()
                        .authorities(Certificates.SHARED.authorityFile())
                        .serverName("localhost")
                        .options(options -> options.handshakeThreads(0))
                        .build())
                .connect();
    }

    @Test
    void handshakeThatNeverEndsIsClosedAtTheTimeoutOfTheServer() throws Exception {
        HeartbeatServer server = start(builder -> builder.handshakeTimeout(Duration.ofSeconds(3)));
        Dribble peer = new Dribble();
        peer.connect();
        sim.advance(Duration.ofMillis(2_900));
        assertThat(peer.closed).isNotDone();
        assertThat(server.stats().connections().open()).isEqualTo(1);
        sim.advance(Duration.ofMillis(300));
        assertThat(peer.closed).isDone();
        assertThat(server.stats().connections().open()).isZero();
        assertThat(server.stats().connections().layerFailures()).isEqualTo(1);
        assertThat(tls.stats().heldBytes()).isZero();
        server.close();
    }

    @Test
    void handshakeBeyondTheLimitWaitsForAPlace() throws Exception {
        tls = tls(builder -> builder.options(options -> options.maxHandshakes(1)));
        HeartbeatServer server = start(builder -> builder.handshakeTimeout(Duration.ofSeconds(5)));
        Host silentHost = sim.newHost("silent");
        connect("silent", silentHost);
        sim.advanceUntil(() -> tls.stats().handshakesUnderWay() == 1, Duration.ofSeconds(1));
        sim.isolate(silentHost); // Its answer never comes.
        HeartbeatClient honest = connect("honest");
        sim.advance(Duration.ofSeconds(2));
        assertThat(tls.stats().handshakesWaiting()).isEqualTo(1);
        assertThat(honest.registered()).isNotDone();
        sim.advance(Duration.ofSeconds(4));
        assertThat(honest.registered()).isDone();
        assertThat(tls.stats().handshakesWaiting()).isZero();
        assertThat(tls.stats().handshakesUnderWay()).isZero();
        sim.await(server.closeAsync(), Duration.ofSeconds(20));
    }

    @Test
    void slowPeerLosesItsPlaceToOneThatComesTwoSecondsLater() throws Exception {
        tls = tls(builder -> builder.options(options -> options.maxHandshakes(1)));
        HeartbeatServer server = start(builder -> builder.handshakeTimeout(Duration.ofSeconds(30)));
        Host silentHost = sim.newHost("silent");
        connect("silent", silentHost);
        sim.advanceUntil(() -> tls.stats().handshakesUnderWay() == 1, Duration.ofSeconds(1));
        sim.isolate(silentHost);
        sim.advance(Duration.ofMillis(1_800));
        HeartbeatClient first = connect("first");
        sim.advance(Duration.ofMillis(800));
        assertThat(tls.stats().handshakesWaiting()).isEqualTo(1);
        assertThat(first.registered()).isNotDone(); // Nobody has looked since the two seconds are over.
        HeartbeatClient second = connect("second");
        sim.advance(Duration.ofSeconds(1));
        assertThat(first.registered()).isDone();
        assertThat(second.registered()).isDone();
        assertThat(tls.stats().failedHandshakes()).isEqualTo(1);
        assertThat(tls.stats().handshakesUnderWay()).isZero();
        sim.await(server.closeAsync(), Duration.ofSeconds(20));
    }

    @Test
    void recordsThatDoNotEndHoldNoMoreThanTheirMemory() throws Exception {
        int memory = 64 * 1024;
        tls = tls(builder -> builder.options(options -> options.heldBytes(memory)));
        HeartbeatServer server = start(builder -> builder);
        List<Dribble> peers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Dribble peer = new Dribble(15_000);
            peers.add(peer);
            peer.connect();
            sim.advance(Duration.ofMillis(100));
            assertThat(tls.stats().heldBytes()).isBetween(1L, (long) memory);
        }
        assertThat(peers).filteredOn(peer -> peer.closed.isDone()).isNotEmpty().hasSizeLessThan(peers.size());
        assertThat(tls.stats().failedHandshakes()).isPositive();
        sim.await(server.closeAsync(), Duration.ofSeconds(1));
        sim.advance(Duration.ofSeconds(1));
        assertThat(tls.stats().heldBytes()).isZero();
    }

    @Test
    void closingTheServerEndsHandshakesUnderWay() throws Exception {
        HeartbeatServer server = start(builder -> builder);
        Dribble peer = new Dribble();
        peer.connect();
        sim.advance(Duration.ofSeconds(1));
        sim.await(server.closeAsync(), Duration.ofSeconds(1));
        sim.advance(Duration.ofSeconds(1));
        assertThat(peer.closed).isDone();
        assertThat(tls.stats().heldBytes()).isZero();
    }

    @Test
    void clientThatIsClosedInItsHandshakeNeverRegisters() {
        HeartbeatServer server = start(builder -> builder);
        for (int micros = 0; micros < 4_000; micros += 100) {
            HeartbeatClient client = connect("n" + micros);
            sim.advance(Duration.ofNanos(micros * 1_000L));
            boolean wasRegistered = client.registered().isDone();
            sim.await(client.closeAsync(), Duration.ofSeconds(10));
            sim.advance(Duration.ofSeconds(1));
            assertThat(server.nodes().find("n" + micros))
                    .as("after %d µs", micros)
                    .matches(node -> wasRegistered
                            ? node.orElseThrow().state() == NodeState.OFFLINE
                            : node.map(Node::state).orElse(NodeState.OFFLINE) == NodeState.OFFLINE);
        }
        assertThat(server.stats().connections().open()).isZero();
        server.closeAsync();
        sim.advance(Duration.ofSeconds(1));
    }

    @Test
    void nodesBeatOnAndSurviveResets() {
        HeartbeatServer server = start(builder -> builder);
        List<Host> hosts = new ArrayList<>();
        List<HeartbeatClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            hosts.add(sim.newHost("n" + i));
            clients.add(connect("n" + i, hosts.get(i)));
        }
        sim.advance(Duration.ofSeconds(30));
        assertThat(server.nodes().size()).isEqualTo(10);
        for (int round = 0; round < 5; round++) {
            hosts.get(round).resetConnections();
            hosts.get(round + 5).loseConnections();
            sim.advance(Duration.ofSeconds(20));
        }
        assertThat(server.nodes().size()).isEqualTo(10);
        assertThat(offline).isEmpty();
        clients.forEach(HeartbeatClient::closeAsync);
        sim.advance(Duration.ofSeconds(5));
        assertThat(offline).hasSize(10).allMatch(line -> line.endsWith("UNREGISTERED"));
        assertThat(tls.stats().handshakesUnderWay()).isZero();
        server.closeAsync();
        sim.advance(Duration.ofSeconds(1));
    }

    @Test
    void messageHasNotLeftWhileItsRecordsWaitForTheSocket() {
        HeartbeatServer server = start(builder -> builder);
        Host slowHost = sim.newHost("slow");
        sim.link(serverHost, slowHost, LinkSettings.LAN.withSocketBuffer(8 * 1024));
        HeartbeatClient slow = connect("slow", slowHost);
        sim.advance(Duration.ofSeconds(1));
        assertThat(slow.registered()).isDone();
        slowHost.stopReading(true);
        CompletableFuture<Void> left = server.send("slow", ByteBuffer.allocate(50_000));
        sim.advance(Duration.ofSeconds(2));
        assertThat(left).isNotDone();
        slowHost.stopReading(false);
        sim.advance(Duration.ofSeconds(2));
        assertThat(left).isCompleted();
        server.closeAsync();
        sim.advance(Duration.ofSeconds(1));
    }

    @Test
    void peerThatTakesNothingIsClosedAndHurtsNobody() {
        HeartbeatServer server = start(builder -> builder.writeStallTimeout(Duration.ofSeconds(10)));
        Host slowHost = sim.newHost("slow");
        sim.link(serverHost, slowHost, LinkSettings.LAN.withSocketBuffer(8 * 1024));
        HeartbeatClient slow = connect("slow", slowHost);
        HeartbeatClient other = connect("other");
        sim.advance(Duration.ofSeconds(2));
        assertThat(slow.registered()).isDone();
        assertThat(other.registered()).isDone();
        slowHost.stopReading(true);
        for (int i = 0; i < 40; i++) {
            server.trySend("slow", ByteBuffer.allocate(50_000));
        }
        sim.advance(Duration.ofSeconds(40));
        assertThat(server.stats().connections().writeStalls()).isPositive();
        assertThat(server.nodes().find("other")).isPresent();
        assertThat(offline).noneMatch(line -> line.startsWith("other"));
        server.closeAsync();
        sim.advance(Duration.ofSeconds(15));
    }

    /** A peer that begins a record, and sends a byte of it each second. */
    private final class Dribble implements Connector, ConnectionHandler {
        final CompletableFuture<Void> closed = new CompletableFuture<>();
        private final Host host = sim.newHost("dribble-" + ++dribbles);
        private final int atOnce;

        Dribble() {
            this(0);
        }

        /**
         * One that sends more at first.
         *
         * @param atOnce how many bytes of the record come with its header
         */
        Dribble(int atOnce) {
            this.atOnce = atOnce;
        }

        void connect() throws IOException {
            InetSocketAddress to = new InetSocketAddress(InetAddress.getByName(serverHost.address()), PORT);
            host.transport().connect(to, host.transport().eventLoops().get(0), this);
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            send(connection, Arrays.copyOf(new byte[] {22, 3, 1, 0x40, 0}, 5 + atOnce));
            host.after(Duration.ofSeconds(1), () -> dribble(connection));
            return this;
        }

        private void dribble(Connection connection) {
            if (!closed.isDone()) {
                send(connection, new byte[] {1});
                host.after(Duration.ofSeconds(1), () -> dribble(connection));
            }
        }

        private void send(Connection connection, byte[] bytes) {
            connection.reserve(bytes.length).put(bytes);
            connection.flush();
        }

        @Override
        public void onConnectFailed(IOException cause) {
            closed.completeExceptionally(cause);
        }

        @Override
        public void onRead(ByteBuffer bytes) {}

        @Override
        public void onWritable() {}

        @Override
        public void onFlushed(long total) {}

        @Override
        public void onClosed(@Nullable Throwable cause) {
            closed.complete(null);
        }
    }
}
