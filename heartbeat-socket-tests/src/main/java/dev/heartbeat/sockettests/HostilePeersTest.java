package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ChannelListener;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.spi.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever strangers do to a server, it hears its own nodes, and they hear it. */
@Tag("long")
@Timeout(120)
final class HostilePeersTest {
    private static final int HONEST = 50;
    private static final Duration SUSPECT_AFTER = Duration.ofSeconds(2);
    /** Long enough for a node that is not heard to be given up. */
    private static final Duration ATTACK = Duration.ofSeconds(5);

    /** As much as is sent at a time, so that a server that does not answer is noticed soon. */
    private static final int BATCH = 50;

    private static final int BEHIND_A_GATEWAY = 5000;
    /** As many as fit a heartbeat. */
    private static final int RANGES = 370;

    private static final AtomicLong names = new AtomicLong();

    /** One stranger's repeated action, over its living connections. */
    private enum Attack {
        PING_FLOOD {
            @Override
            void strike(Stranger by) throws IOException {
                RawPeer peer = by.registered();
                peer.send(repeated(i -> Frame.ping("x".repeat(64))));
            }
        },
        UPDATE_FLOOD {
            @Override
            void strike(Stranger by) throws IOException {
                RawPeer peer = by.registered();
                peer.send(repeated(i -> Frame.of(Frame.UPDATE, 0, metadata("k" + i, 4000))));
                by.isBorne(peer);
            }
        },
        ATTACH_FLOOD {
            @Override
            void strike(Stranger by) throws IOException {
                RawPeer peer = by.registered();
                int first = by.takeHandles(BATCH);
                peer.send(repeated(
                        i -> Frame.register("attached-" + names.incrementAndGet())
                                .of(first + i),
                        i -> Frame.of(Frame.UNREGISTER, first + i, "")));
                by.isBorne(peer);
            }
        },
        TAKEOVER_FLOOD {
            @Override
            void strike(Stranger by) throws IOException {
                RawPeer peer = by.connect();
                peer.register(Frame.register("contested", names.incrementAndGet(), 1, ""));
            }
        },
        OVERLAPPING_RANGES {
            @Override
            void strike(Stranger by) throws IOException {
                RawPeer peer = by.gateway(BEHIND_A_GATEWAY);
                String all = range(1, BEHIND_A_GATEWAY).repeat(RANGES);
                peer.send(repeated(i -> beat(i, all)));
                by.isBorne(peer);
            }
        },
        MANY_RANGES {
            @Override
            void strike(Stranger by) throws IOException {
                RawPeer peer = by.gateway(BEHIND_A_GATEWAY);
                StringBuilder ranges = new StringBuilder();
                int each = BEHIND_A_GATEWAY / RANGES;
                for (int i = 0; i < RANGES; i++) {
                    ranges.append(range(i * each + 1, (i + 1) * each));
                }
                peer.send(repeated(i -> beat(i, ranges.toString())));
                by.isBorne(peer);
            }
        },
        ANNOUNCEMENTS {
            @Override
            void strike(Stranger by) throws IOException {
                RawPeer peer = by.connect();
                peer.register("announcing-" + names.incrementAndGet());
                peer.send(Frame.firstFragment(10 << 20, "x"));
                for (RawPeer each : by.connections()) {
                    each.send(Frame.data("y").withFlags(Frame.MORE));
                }
            }
        },
        CHANNEL_FLOOD {
            @Override
            void strike(Stranger by) throws IOException {
                RawPeer peer = by.registered();
                int first = 2 * by.takeHandles(BATCH) - 1;
                peer.send(repeated(
                        i -> Frame.of(Frame.CHANNEL_OPEN, first + 2 * i, "0000000000010000 10 04 6c6f6773"),
                        i -> Frame.of(Frame.CHANNEL_RESET, first + 2 * i, "002c")));
                by.isBorne(peer);
            }
        },
        SLOW_LORIS {
            @Override
            void strike(Stranger by) throws IOException {
                RawPeer peer = by.connect();
                peer.send(Arrays.copyOf(Frame.register("loris").bytes(), 3));
                for (RawPeer each : by.connections()) {
                    each.send(new byte[] {0});
                }
            }
        },
        REGISTRATION_FLOOD {
            @Override
            void strike(Stranger by) throws IOException {
                RawPeer peer = by.connect();
                peer.register(Frame.register("passing-" + names.incrementAndGet(), 1, 1, metadata("k", 1000)));
                by.drop(peer);
            }
        };

        abstract void strike(Stranger by) throws IOException;

        private interface Numbered {
            Frame frame(int i);
        }

        private static byte[] repeated(Numbered... frames) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < BATCH; i++) {
                for (Numbered each : frames) {
                    bytes.writeBytes(each.frame(i).bytes());
                }
            }
            return bytes.toByteArray();
        }

        private static Frame beat(int timestamp, String ranges) {
            return Frame.of(Frame.HEARTBEAT_REQ, 0, Frame.u64(timestamp) + Frame.u64(0) + ranges);
        }

        private static String range(int first, int last) {
            return "010008" + Frame.u32(first) + Frame.u32(last);
        }

        private static String metadata(String key, int size) {
            return "01" + Frame.u16(1 + key.length() + size) + Frame.u8(key.length()) + Frame.hex(key)
                    + "61".repeat(size);
        }
    }

    /** A thread that attacks until it is over; when it is thrown out, it comes again. */
    private static final class Stranger extends Thread {
        private static final int MAX_CONNECTIONS = 40;

        private final int port;
        private final Attack attack;
        private final long untilNs;
        private final CountDownLatch began;
        private final List<RawPeer> connections = new ArrayList<>();
        private int nextHandle = 1;
        private int gatewayOf;

        Stranger(int port, Attack attack, CountDownLatch began) {
            super("stranger-" + attack);
            this.port = port;
            this.attack = attack;
            this.began = began;
            untilNs = System.nanoTime() + ATTACK.toNanos();
            setDaemon(true);
        }

        @Override
        public void run() {
            while (System.nanoTime() - untilNs < 0) {
                try {
                    attack.strike(this);
                } catch (IOException | AssertionError e) {
                    leave(); // It was thrown out, or refused.
                }
                began.countDown();
            }
            leave();
        }

        List<RawPeer> connections() {
            return connections;
        }

        RawPeer connect() throws IOException {
            if (connections.size() == MAX_CONNECTIONS) {
                drop(connections.get(0));
            }
            RawPeer peer = RawPeer.connect(port, 16 * 1024);
            connections.add(peer);
            return peer;
        }

        /** One connection for as long as the server bears it. */
        RawPeer registered() throws IOException {
            if (connections.isEmpty()) {
                nextHandle = 1;
                gatewayOf = 0;
                connect().register("stranger-" + names.incrementAndGet());
            }
            return connections.get(0);
        }

        /** One connection that speaks for so many others. */
        RawPeer gateway(int nodes) throws IOException {
            RawPeer peer = registered();
            while (gatewayOf < nodes) {
                gatewayOf++;
                peer.register(
                        Frame.register("behind-" + names.incrementAndGet()).of(gatewayOf));
            }
            return peer;
        }

        int takeHandles(int count) {
            int first = nextHandle;
            nextHandle += count;
            return first;
        }

        /** Waits until the server has read it all, and sees whether it is thrown out for it. */
        void isBorne(RawPeer peer) throws IOException {
            peer.send(Frame.ping("borne?"));
            peer.next(Frame.PONG);
        }

        void drop(RawPeer peer) throws IOException {
            connections.remove(peer);
            peer.reset();
        }

        private void leave() {
            for (RawPeer each : connections) {
                try {
                    each.reset();
                } catch (IOException e) {
                    // It is closed.
                }
            }
            connections.clear();
        }
    }

    /** A server with its own nodes, none of which is ever to be doubted. */
    private static final class Fleet implements AutoCloseable, NodeListener {
        private final Transport ofServer = TestedTransport.start(2);
        private final Transport ofNodes = TestedTransport.start(1);
        private final Told told = new Told();
        private final HeartbeatServer server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .transport(ofServer)
                .heartbeatInterval(Duration.ofMillis(100))
                .suspectAfter(SUSPECT_AFTER)
                .heartbeatTimeout(SUSPECT_AFTER.multipliedBy(2))
                .handshakeTimeout(Duration.ofSeconds(1))
                .grace(Duration.ofSeconds(1))
                .maxNodesPerConnection(2 * BEHIND_A_GATEWAY)
                .channel("logs", channel -> new ChannelListener() {})
                .listener(this)
                .onMessage((from, message) -> told.add(from.id() + " message"))
                .start();
        private final List<HeartbeatClient> nodes = new ArrayList<>();

        Fleet() throws Exception {
            for (int i = 0; i < HONEST; i++) {
                nodes.add(HeartbeatClient.builder()
                        .server("127.0.0.1", server.localAddress().getPort())
                        .nodeId("honest-" + i)
                        .listener(new ClientRecorder(told))
                        .transport(ofNodes)
                        .connect());
            }
            for (HeartbeatClient node : nodes) {
                node.registered().get(30, TimeUnit.SECONDS);
            }
        }

        @Override
        public void onSuspect(Node node, SuspectReason reason) {
            if (node.id().startsWith("honest")) {
                told.add(node.id() + " SUSPECT(" + reason + ")");
            }
        }

        @Override
        public void onOffline(Node node, OfflineReason reason) {
            if (node.id().startsWith("honest")) {
                told.add(node.id() + " OFFLINE(" + reason + ")");
            }
        }

        void bear(Attack... attacks) throws Exception {
            CountDownLatch began = new CountDownLatch(attacks.length);
            List<Stranger> strangers = new ArrayList<>();
            for (Attack attack : attacks) {
                strangers.add(new Stranger(server.localAddress().getPort(), attack, began));
            }
            strangers.forEach(Thread::start);
            for (Stranger each : strangers) {
                each.join();
            }
            assertThat(began.getCount()).isZero();
            assertThat(told.lines())
                    .filteredOn(line -> !line.equals("connected") && !line.equals("registered"))
                    .isEmpty();
            assertThat(nodes).allMatch(node -> node.state() == ClientState.ONLINE);
            for (HeartbeatClient node : nodes) {
                assertThat(node.trySend(ByteBuffer.wrap(new byte[1]))).hasToString("ACCEPTED");
            }
            for (int i = 0; i < HONEST; i++) {
                told.await("honest-" + i + " message");
            }
        }

        @Override
        public void close() {
            nodes.forEach(HeartbeatClient::close);
            server.close();
            ofNodes.close();
            ofServer.close();
        }
    }

    @Test
    void allAtOnce() throws Exception {
        try (Fleet fleet = new Fleet()) {
            fleet.bear(Attack.values());
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneKind(Attack attack) throws Exception {
        try (Fleet fleet = new Fleet()) {
            fleet.bear(attack, attack);
        }
    }
}
