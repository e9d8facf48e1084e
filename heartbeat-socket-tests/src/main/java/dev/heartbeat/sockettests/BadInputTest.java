package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ChannelListener;
import dev.heartbeat.ClientState;
import dev.heartbeat.ConnectionStats;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each line of the faults in docs/PROTOCOL.md, whole and byte by byte, gets what the line says: one
 * answer, one counter, the end of its connection or of nothing. A client that has done nothing
 * wrong is on the same server all the time.
 */
@Tag("M6")
@Tag("M48")
final class BadInputTest {
    private static final Application application = new Application();
    private static final Told bystanderTold = new Told();
    private static final LogFile log = new LogFile();

    private static Transport transport;
    private static HeartbeatServer server;
    private static HeartbeatClient bystander;
    private static long bystanderEpoch;
    private static int peers;

    @BeforeAll
    static void start() throws Exception {
        transport = TestedTransport.start(2);
        server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .transport(transport)
                .heartbeatInterval(Duration.ofMillis(100))
                .heartbeatTimeout(Duration.ofSeconds(60))
                .handshakeTimeout(Duration.ofSeconds(60))
                .windowBytes(16_396)
                .maxMessageBytes(1024)
                // The same node comes with each line, and its attempt is always 1.
                .offlineRetention(Duration.ZERO)
                .maxNodesPerConnection(1)
                .maxChannels(2)
                .channel("logs", channel -> new ChannelListener() {})
                .listener(application)
                .onMessage(application)
                .start();
        bystander = HeartbeatClient.builder()
                .server("127.0.0.1", server.localAddress().getPort())
                .nodeId("bystander")
                .listener(new ClientRecorder(bystanderTold))
                .onMessage(message -> bystanderTold.add("message"))
                .transport(transport)
                .connect();
        bystanderEpoch = bystander.registered().get(30, TimeUnit.SECONDS).epoch();
    }

    @AfterAll
    static void nothingElseHappened() {
        assertThat(bystander.state()).isEqualTo(ClientState.ONLINE);
        assertThat(server.trySend("bystander", ByteBuffer.wrap(new byte[1]))).hasToString("ACCEPTED");
        bystanderTold.await("message");
        assertThat(bystanderTold.lines()).containsExactly("connected", "registered", "message");
        bystander.close();
        application.told.await("bystander OFFLINE(UNREGISTERED)");
        assertThat(application.told.of("bystander")).containsExactly("ONLINE", "OFFLINE(UNREGISTERED)");
        server.close();
        transport.close();
        assertThat(log.stackTraces()).isEmpty();
    }

    static Stream<Fault> faults() {
        return Fault.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void whole(Fault fault) throws IOException {
        try (Attempt attempt = new Attempt(fault)) {
            attempt.peer.send(fault.bytes());
            attempt.check();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void byteByByte(Fault fault) throws IOException {
        try (Attempt attempt = new Attempt(fault)) {
            try {
                attempt.peer.sendOneByOne(fault.bytes());
            } catch (IOException e) {
                // A server that closes without a byte reads no further.
                assertThat(fault.closesWithoutAByte()).as(e.toString()).isTrue();
            }
            attempt.check();
        }
    }

    /** Whatever comes, the connection ends in the end, and nothing fails but the connection. */
    @Test
    void garbage() throws IOException {
        List<Fault> faults = Fault.all();
        Random random = new Random(1);
        for (int round = 0; round < 1000; round++) {
            try (RawPeer peer = RawPeer.connect(server.localAddress().getPort())) {
                if (random.nextInt(4) > 0) {
                    peer.register(Frame.register("garbage", round + 1, 1, ""));
                }
                try {
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        peer.send(garbled(
                                faults.get(random.nextInt(faults.size())).bytes(), random));
                    }
                    peer.end();
                    peer.untilEnd();
                } catch (SocketException e) {
                    // A server that was sent foreign bytes does not listen any longer.
                }
            }
        }
        application.told.await(lines -> server.nodes().count(NodeState.ONLINE) == 1, "the end of the last");
    }

    private static byte[] garbled(byte[] bytes, Random random) {
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            // Small numbers make more sense than others, and without the magic nothing does.
            bytes[at] = (byte) (at == 0 ? bytes[0] : random.nextBoolean() ? random.nextInt(256) : random.nextInt(8));
        }
        return bytes;
    }

    /** A client that commits one fault, and what comes of it. */
    private static final class Attempt implements AutoCloseable {
        private final Fault fault;
        private final String id = "bad-" + peers++;
        private final RawPeer peer;
        private final ConnectionStats before;

        Attempt(Fault fault) throws IOException {
            this.fault = fault;
            application.block(id);
            peer = RawPeer.connect(server.localAddress().getPort());
            if (fault.registered()) {
                peer.register(id);
            }
            if (fault.ofGateway()) {
                peer.register(Frame.register(id + "-2").of(2));
            }
            if (fault.onChannel()) {
                peer.send(Frame.of(Frame.CHANNEL_OPEN, 1, "0000000000010000 10046c6f6773"));
                peer.next(Frame.CHANNEL_ACCEPT);
            }
            before = server.stats().connections();
        }

        void check() throws IOException {
            if (fault.closesWithoutAByte()) {
                assertThat(peer.endsWithoutAByte()).as("closed without a byte").isTrue();
                ends(fault.outcome().equals(Fault.CLOSE_LOST) ? "SUSPECT(LOST)" : "OFFLINE(PROTOCOL_ERROR)");
            } else if (fault.isIgnored()) {
                assertThat(answers()).isEmpty();
                goesOn();
            } else if (fault.scope().equals("connection")) {
                isError(only(withoutCredit(peer.untilEnd())), "connection", 0);
                ends("OFFLINE(PROTOCOL_ERROR)");
            } else {
                Frame answer = only(answers());
                if (fault.scope().equals("reset")) {
                    answer.isReset(fault.streamOfAnswer(), ErrorCodes.number(fault.code()));
                } else {
                    isError(answer, fault.scope(), fault.streamOfAnswer());
                }
                goesOn();
            }
            counted();
            assertThat(server.nodes().find("bystander").map(Node::epoch)).hasValue(bystanderEpoch);
            assertThat(server.nodes().find("bystander").map(Node::state)).hasValue(NodeState.ONLINE);
        }

        private static Frame only(List<Frame> frames) {
            assertThat(frames).hasSize(1);
            return frames.get(0);
        }

        private void isError(Frame answer, String scope, int stream) {
            assertThat(answer.type()).as(answer.toString()).isEqualTo(Frame.ERROR);
            assertThat(answer.version()).isEqualTo(2);
            assertThat(answer.flags()).isZero();
            assertThat(ErrorCodes.of(answer)).as(answer.toString()).isEqualTo(fault.code() + " " + scope);
            assertThat(answer.stream()).isEqualTo(stream);
            if (fault.code().equals("UNSUPPORTED_VERSION")) {
                assertThat(answer.payload()).contains("02000102"); // TLV 0x02: the versions spoken.
            }
        }

        /**
         * The answers that came before that to a PING. A grant of credit is no answer, nor is a
         * frame of the application about a channel.
         */
        private List<Frame> answers() throws IOException {
            peer.send(Frame.ping("still there?"));
            List<Frame> answers = peer.until(Frame.PONG);
            assertThat(answers.remove(answers.size() - 1)).isEqualTo(Frame.pong("still there?"));
            return withoutCredit(answers);
        }

        private static List<Frame> withoutCredit(List<Frame> frames) {
            return frames.stream()
                    .filter(frame -> frame.type() != Frame.CREDIT
                            && frame.type() != Frame.CHANNEL_ACCEPT
                            && frame.type() != Frame.PING)
                    .toList();
        }

        private void goesOn() throws IOException {
            if (!fault.registered()) {
                peer.register(id);
            }
            peer.send(Frame.heartbeat(17));
            Frame answer = peer.next(Frame.HEARTBEAT_RES);
            assertThat(answer.payload()).startsWith(Frame.u64(17));
            assertThat(application.told.of(id))
                    .filteredOn(line -> !line.startsWith("updated"))
                    .allMatch("ONLINE"::equals);
            peer.send(Frame.of(Frame.UNREGISTER, 0, ""));
            assertThat(withoutCredit(peer.untilEnd())).isEmpty();
            application.unblock(id);
            application.told.await(id + " OFFLINE(UNREGISTERED)");
            neighbourIsLost();
        }

        /**
         * Whatever its gateway did, a neighbour is awaited; and it was never touched before the
         * gateway went.
         */
        private void neighbourIsLost() {
            if (fault.ofGateway()) {
                application.told.await(lines -> lines.stream().anyMatch(this::isEndOfNeighbour), id + "-2 is gone");
                assertThat(application.told.of(id + "-2"))
                        .filteredOn(line -> !line.startsWith("updated"))
                        .hasSize(2)
                        .startsWith("ONLINE");
            }
        }

        private boolean isEndOfNeighbour(String line) {
            // Some lines end the registration themselves.
            return line.equals(id + "-2 SUSPECT(LOST)") || line.equals(id + "-2 OFFLINE(UNREGISTERED)");
        }

        private void ends(String fate) throws IOException {
            application.unblock(id);
            if (fault.registered()) {
                peer.close();
                application.told.await(id + " " + fate);
                assertThat(application.told.of(id))
                        .filteredOn(line -> !line.startsWith("message"))
                        .containsExactly("ONLINE", fate);
                neighbourIsLost();
            }
        }

        private void counted() {
            ConnectionStats after = server.stats().connections();
            Map<String, Long> errors = new TreeMap<>(after.errorsSent());
            before.errorsSent().forEach((code, count) -> errors.merge(code, -count, Long::sum));
            errors.values().removeIf(count -> count == 0);
            boolean foreign = fault.outcome().equals(Fault.CLOSE);
            if (foreign || fault.isIgnored() || fault.closesWithoutAByte()) {
                assertThat(errors).isEmpty();
            } else {
                assertThat(errors).isEqualTo(Map.of(fault.code(), 1L));
            }
            assertThat(after.foreign() - before.foreign()).isEqualTo(foreign ? 1 : 0);
            assertThat(after.handshakeTimeouts()).isEqualTo(before.handshakeTimeouts());
            assertThat(server.stats().callbacks().failures()).isZero();
        }

        @Override
        public void close() throws IOException {
            application.unblock(id);
            peer.close();
        }
    }
}
