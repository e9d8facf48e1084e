package dev.heartbeat.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Peers that spin their handshakes out, a byte at a time, and come again when they are thrown out.
 * Nobody else notices them, and they cost what they sent.
 */
final class SlowHandshakesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What a peer may cost, of which the server holds what it sent of a record. */
    private static final long BYTES_EACH = 1024;

    private final Queue<String> suspected = new ConcurrentLinkedQueue<>();

    @Test
    void slowHandshakesHurtNoNode() throws Exception {
        beside(20, 100, 4, Duration.ofSeconds(2), Duration.ofMillis(100));
    }

    @Test
    @Tag("long")
    void twoThousandSlowHandshakesHurtNoneOfAThousandNodes() throws Exception {
        beside(1_000, 2_000, 4, Duration.ofSeconds(60), Duration.ofSeconds(1));
    }

    /** They want twice as many places among the handshakes as there are. */
    @Test
    @Tag("long")
    void handshakesThatTakeAllPlacesKeepNobodyOut() throws Exception {
        beside(100, 2_000, 1, Duration.ofSeconds(20), Duration.ofSeconds(1));
    }

    /**
     * Has nodes and slow peers on one server.
     *
     * @param wholeEvery one peer in so many takes a place among the handshakes
     * @param interval of heartbeats; a node is suspected after fifteen, and slow peers are thrown out
     *     after ten
     */
    private void beside(int nodes, int peers, int wholeEvery, Duration attack, Duration interval) throws Exception {
        Certificates.KeyFiles files = Certificates.SHARED.server();
        ServerTls tls = Engines.server().certificate(files.chain(), files.key()).build();
        ClientTls ofNodes = Engines.client()
                .authorities(Certificates.SHARED.authorityFile())
                .build();
        try (Transport transport = Below.first()
                        .start(TransportOptions.builder().eventLoops(1).build());
                HeartbeatServer server = HeartbeatServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .transport(Below.first().name())
                        .layer(tls)
                        .heartbeatInterval(interval)
                        .suspectAfter(interval.multipliedBy(15))
                        .heartbeatTimeout(interval.multipliedBy(30))
                        .handshakeTimeout(interval.multipliedBy(10))
                        .listener(new NodeListener() {
                            @Override
                            public void onSuspect(Node node, SuspectReason reason) {
                                suspected.add(node.id() + " " + reason);
                            }
                        })
                        .start()) {
            List<HeartbeatClient> clients = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                clients.add(connect("n" + i, server, transport, ofNodes));
            }
            for (HeartbeatClient client : clients) {
                client.registered().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            suspected.clear(); // What a thousand handshakes at once do is not what is tested.

            Peers slow = new Peers(server.localAddress().getPort(), peers, wholeEvery);
            long beganNs = System.nanoTime();
            long endNs = beganNs + attack.toNanos();
            long stepNs = Math.min(100_000_000, interval.toNanos() / 2);
            HeartbeatClient newcomer = null;
            while (System.nanoTime() - endNs < 0) {
                long nextNs = System.nanoTime() + stepNs;
                slow.goOn();
                assertThat(tls.stats().heldBytes()).isLessThan(peers * BYTES_EACH);
                if (newcomer == null && System.nanoTime() - beganNs > attack.toNanos() / 4) {
                    newcomer = connect("newcomer", server, transport, ofNodes);
                }
                LockSupport.parkNanos(nextNs - System.nanoTime());
            }
            assertThat(slow.thrownOut).as("peers whose time was over").isPositive();
            assertThat(suspected).isEmpty();
            assertThat(clients).allMatch(client -> client.state() == ClientState.ONLINE);
            assertThat(newcomer).isNotNull();
            assertThat(newcomer.registered()).as("who came meanwhile").isDone();
            newcomer.closeAsync();
            slow.close();
            await(() -> tls.stats().heldBytes() == 0 && tls.stats().handshakesUnderWay() == 0);
            clients.forEach(HeartbeatClient::closeAsync);
        }
    }

    private static HeartbeatClient connect(String id, HeartbeatServer server, Transport transport, ClientTls tls) {
        return HeartbeatClient.builder()
                .nodeId(id)
                .host("localhost")
                .port(server.localAddress().getPort())
                .transport(transport)
                .layer(tls)
                .connect();
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNs).as("patience").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Connections, all turned by the test's thread. */
    private static final class Peers {
        private final InetSocketAddress server;
        private final byte[] hello;
        private final List<Peer> all = new ArrayList<>();
        int thrownOut;

        Peers(int port, int count, int wholeEvery) throws IOException {
            server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            hello = hello();
            for (int i = 0; i < count; i++) {
                // One that sends its hello whole takes a place among the handshakes, and begins a
                // second record.
                all.add(new Peer(i % wholeEvery == 0));
            }
        }

        private static byte[] hello() throws IOException {
            SSLEngine engine = Engines.clientOfTheJdk("TLSv1.3");
            engine.beginHandshake();
            ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), record);
            byte[] bytes = new byte[record.position()];
            record.get(0, bytes);
            return bytes;
        }

        /** A byte more of each; those that were thrown out connect again. */
        void goOn() throws IOException {
            for (Peer each : all) {
                each.goOn();
            }
        }

        void close() throws IOException {
            for (Peer each : all) {
                each.close();
            }
        }

        private final class Peer {
            private final boolean isWhole;
            private @Nullable SocketChannel channel;
            private int sent;

            Peer(boolean isWhole) {
                this.isWhole = isWhole;
            }

            void goOn() throws IOException {
                SocketChannel open = channel;
                try {
                    if (open == null) {
                        connect();
                    } else if (open.read(ByteBuffer.allocate(4096)) < 0) {
                        throw new IOException("thrown out");
                    } else if (isWhole) {
                        open.write(ByteBuffer.wrap(new byte[] {sent++ == 0 ? (byte) 23 : 3}));
                    } else if (sent < hello.length - 1) {
                        open.write(ByteBuffer.wrap(hello, sent++, 1));
                    }
                } catch (IOException e) {
                    thrownOut++;
                    close();
                }
            }

            private void connect() throws IOException {
                SocketChannel open = SocketChannel.open(server);
                channel = open;
                open.configureBlocking(false);
                sent = isWhole ? 0 : 100;
                open.write(ByteBuffer.wrap(hello, 0, isWhole ? hello.length : sent));
            }

            void close() throws IOException {
                SocketChannel open = channel;
                if (open != null) {
                    channel = null;
                    open.close();
                }
            }
        }
    }
}
