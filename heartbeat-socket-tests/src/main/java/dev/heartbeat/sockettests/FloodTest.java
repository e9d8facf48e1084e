package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.Networks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers that send more than they should, or do not read what they are sent. */
@Timeout(120)
final class FloodTest {
    private static final int QUESTIONS = 400_000;
    private static final int BATCH = 1000;
    /**
     * The bytes in the sockets, and in a server's queue before it is no longer writable; far less
     * than the answers to all questions.
     */
    private static final int MAX_ANSWERS = QUESTIONS / 20;

    private enum Question {
        PING(Frame.PONG),
        HEARTBEAT(Frame.HEARTBEAT_RES);

        private final int answer;

        Question(int answer) {
            this.answer = answer;
        }

        Frame numbered(int number) {
            return this == PING ? Frame.of(Frame.PING, 0, Frame.u64(number) + Frame.u64(0)) : Frame.heartbeat(number);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("M9")
    @Tag("M13")
    @Tag("M28")
    void peerThatDoesNotReadGetsTheLatestAnswer(Question question) throws IOException {
        try (LocalBus bus = new LocalBus(options ->
                        options.writeStallTimeout(Duration.ofMinutes(1)).controlFramesPerSecond(0));
                RawPeer peer = RawPeer.connect(bus.port(), 16 * 1024)) {
            peer.register("n1");
            long readBefore = bus.server.stats().connections().bytesIn();
            ask(peer, question, 0);
            // It goes on reading, whether it can write or not.
            while (bus.server.stats().connections().bytesIn()
                    < readBefore + (long) QUESTIONS * question.numbered(0).size()) {
                Thread.onSpinWait();
            }
            assertThat(answers(peer, question, 0)).hasSizeLessThan(MAX_ANSWERS);

            // The same with somebody who listens, but too slowly.
            CompletableFuture<Void> asked = CompletableFuture.runAsync(
                    () -> ask(peer, question, QUESTIONS), task -> new Thread(task, "asking").start());
            answers(peer, question, QUESTIONS);
            asked.join();
            peer.send(Frame.ping("and now?"));
            assertThat(peer.next()).isEqualTo(Frame.pong("and now?"));
        }
    }

    private static void ask(RawPeer peer, Question question, int from) {
        try {
            for (int i = 0; i < QUESTIONS; i += BATCH) {
                peer.send(questions(question, from + i));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answered questions, up to the last one. */
    private static List<Long> answers(RawPeer peer, Question question, int from) throws IOException {
        List<Long> answers = new ArrayList<>();
        long last = from - 1L;
        while (last != from + QUESTIONS - 1) {
            Frame answer = peer.next();
            assertThat(answer.type()).isEqualTo(question.answer);
            long number = answer.reader().getLong();
            assertThat(number).isGreaterThan(last);
            last = number;
            answers.add(last);
        }
        return answers;
    }

    private static byte[] questions(Question question, int from) {
        ByteArrayOutputStream questions = new ByteArrayOutputStream();
        for (int i = from; i < from + BATCH; i++) {
            questions.writeBytes(question.numbered(i).bytes());
        }
        return questions.toByteArray();
    }

    @Test
    @Tag("M49")
    void sixteenErrorsAreBorneAndTheNextIsTheLast() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect("n1")) {
            Frame ofANode = Frame.of(Frame.HEARTBEAT_REQ, 7, Frame.u64(1) + Frame.u64(0));
            Frame ofAChannel = Frame.of(Frame.CREDIT, 7, Frame.u64(1));
            for (int i = 0; i < 8; i++) {
                peer.send(ofANode, ofAChannel);
            }
            for (int i = 0; i < 8; i++) {
                assertThat(ErrorCodes.of(peer.next())).isEqualTo("UNKNOWN_HANDLE node");
                assertThat(peer.next().type()).isEqualTo(Frame.CHANNEL_RESET);
            }
            peer.send(Frame.ping("still there?"));
            assertThat(peer.next()).isEqualTo(Frame.pong("still there?"));

            peer.send(ofANode, ofANode, ofAChannel, Frame.ping(""));
            List<Frame> last = peer.untilEnd();
            assertThat(last).hasSize(1);
            assertThat(ErrorCodes.of(last.get(0))).isEqualTo("TOO_MANY_ERRORS connection");
            bus.told.await("n1 OFFLINE(PROTOCOL_ERROR)");
            assertThat(bus.errors("UNKNOWN_HANDLE")).isEqualTo(8);
            assertThat(bus.errors("UNKNOWN_CHANNEL")).isEqualTo(8);
            assertThat(bus.errors("TOO_MANY_ERRORS")).isEqualTo(1);
        }
    }

    @Test
    @Tag("M49")
    void refusedRegistrationsCountToo() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            for (int i = 0; i < 17; i++) {
                peer.send(Frame.register(""));
            }
            List<Frame> answers = peer.untilEnd();
            assertThat(answers).hasSize(17);
            assertThat(ErrorCodes.of(answers.get(16))).isEqualTo("TOO_MANY_ERRORS connection");
            assertThat(bus.server.stats().liveness().registrationsRefused()).isEqualTo(16);
        }
    }

    @Test
    @Tag("M20")
    @Tag("M49")
    void askingForWhatIsNotOfferedCountsToo() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.maxNodesPerConnection(0));
                RawPeer peer = bus.connect("n1")) {
            for (int i = 1; i <= 17; i++) {
                peer.send(Frame.register("n1-" + i).of(i));
            }
            List<Frame> answers = peer.untilEnd();
            assertThat(answers).hasSize(17);
            assertThat(answers.subList(0, 16)).extracting(ErrorCodes::of).containsOnly("UNSUPPORTED node");
            assertThat(ErrorCodes.of(answers.get(16))).isEqualTo("TOO_MANY_ERRORS connection");
        }
    }

    @Test
    @Tag("M36")
    @Tag("M49")
    void lackOfMemoryIsNotThePeersFault() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.inboundBudgetBytes(0));
                RawPeer peer = bus.connect("n1")) {
            for (int i = 0; i < 40; i++) {
                peer.send(Frame.firstFragment(4, "no"), Frame.data("pe"));
                assertThat(ErrorCodes.of(peer.next(Frame.ERROR))).isEqualTo("NO_CAPACITY channel");
            }
            peer.send(Frame.data("whole"));
            bus.told.await("n1 message whole");
            assertThat(bus.errors("NO_CAPACITY")).isEqualTo(40);
        }
    }

    @Test
    void deniedConnectionIsClosedAndCountedUntilTheListChanges() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.denyFrom(Networks.of("127.0.0.0/8")))) {
            try (RawPeer denied = bus.connect()) {
                assertThat(denied.endsWithoutAByte()).isTrue();
            }
            assertThat(bus.server.stats().connections().refusals())
                    .isEqualTo(Map.of(ConnectionRefusal.ADDRESS_DENIED, 1L));
            bus.server.reconfigure(
                    bus.server.options().toBuilder().denyFrom(Networks.none()).build());
            try (RawPeer peer = bus.connect("n1")) {
                peer.send(Frame.ping("here"));
                assertThat(peer.next()).isEqualTo(Frame.pong("here"));
            }
        }
    }

    @Test
    void ipv6NetworkOf64BitsCountsAsOneAddress() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.proxyProtocolFrom(Networks.of("127.0.0.1"))
                        .attemptsPerSecondPerAddress(1) // Ten at once.
                        .maxConnectionsPerIpv6Network(3));
                RawPeer first = fromIpv6(bus, "2001:db8:0:7::1");
                RawPeer second = fromIpv6(bus, "2001:db8:0:7:ffff::2");
                RawPeer third = fromIpv6(bus, "2001:db8:0:7:8000:1:2:3");
                RawPeer neighbour = fromIpv6(bus, "2001:db8:0:8::1")) {
            first.register("n1");
            second.register("n2");
            third.register("n3");
            neighbour.register("n4");
            assertThat(bus.server.nodes().find("n2").orElseThrow().remoteAddress())
                    .hasToString("/[2001:db8:0:7:ffff:0:0:2]:5000");
            for (int i = 4; i <= 12; i++) {
                try (RawPeer further = fromIpv6(bus, "2001:db8:0:7::" + i)) {
                    assertThat(further.endsWithoutAByte()).isTrue();
                }
            }
            assertThat(bus.server.stats().connections().refusals())
                    .isEqualTo(
                            Map.of(ConnectionRefusal.NETWORK_CONNECTIONS, 7L, ConnectionRefusal.ADDRESS_ATTEMPTS, 2L));
        }
    }

    /** A connection whose proxy says in version 2 that it comes from there. */
    private static RawPeer fromIpv6(LocalBus bus, String address) throws IOException {
        byte[] source = InetAddress.getByName(address).getAddress();
        ByteBuffer header = ByteBuffer.allocate(16 + 36)
                .put(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "21" + "21" + "0024"))
                .put(source)
                .put(source)
                .putShort((short) 5000)
                .putShort((short) bus.port());
        return RawPeer.connectOverProxy(bus.port(), header.array());
    }

    @Test
    void oneConnectionTooManyIsClosedAndCounted() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.maxConnections(2));
                RawPeer first = bus.connect("n1");
                RawPeer second = bus.connect("n2")) {
            for (int i = 1; i <= 3; i++) {
                try (RawPeer third = bus.connect()) {
                    assertThat(third.endsWithoutAByte()).isTrue();
                }
                assertThat(bus.server.stats().connections().refused()).isEqualTo(i);
            }
            first.send(Frame.of(Frame.UNREGISTER, 0, ""));
            assertThat(first.untilEnd()).isEmpty();
            first.close();
            second.send(Frame.heartbeat(1));
            assertThat(second.next().type()).isEqualTo(Frame.HEARTBEAT_RES);
            bus.told.awaitOf("n2", "ONLINE");
        }
    }

    @Test
    @Tag("M40")
    void peerThatKeepsItsMessagesWithinTheLimitIsNeverRefused() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.windowBytes(16_396));
                RawPeer peer = bus.connect("n1")) {
            bus.application.block("n1");
            // Up to the limit's last byte: a full frame, or as many empty ones as fit.
            for (int i = 0; i < 16_396 / 12; i++) {
                peer.send(Frame.data(""));
            }
            peer.send(Frame.ping(""));
            assertThat(peer.next()).isEqualTo(Frame.pong(""));
            peer.send(Frame.data(""));
            assertThat(ErrorCodes.of(peer.next())).isEqualTo("CREDIT_EXCEEDED connection");
            bus.application.unblock("n1");
            bus.told.await("n1 OFFLINE(PROTOCOL_ERROR)");
        }
        try (LocalBus bus = new LocalBus(options -> options.windowBytes(16_396));
                RawPeer peer = bus.connect("n1")) {
            bus.application.block("n1");
            peer.send(Frame.data("x".repeat(16_384)), Frame.ping(""));
            assertThat(peer.next()).isEqualTo(Frame.pong(""));
            assertThat(bus.server.trySend("n1", ByteBuffer.allocate(1))).hasToString("ACCEPTED");
        }
    }
}
