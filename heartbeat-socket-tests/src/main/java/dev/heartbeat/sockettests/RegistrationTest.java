package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.TakeoverPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server's answers to REGISTER, and to two that claim the same id. */
final class RegistrationTest {
    /** TLV 0x04. */
    private static final String LAST_EPOCH = "040008";

    private static long epoch(Frame registered) {
        return registered.reader().getLong();
    }

    private static String entry(String key, String value) {
        String text = Frame.hex(key) + Frame.hex(value);
        return "01" + Frame.u16(1 + text.length() / 2) + Frame.u8(key.length()) + text;
    }

    @Test
    @Tag("M16")
    void answerTellsWhatTheServerDecided() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.heartbeatInterval(Duration.ofMillis(1000))
                        .suspectAfter(Duration.ofMillis(2500))
                        .heartbeatTimeout(Duration.ofMillis(3000))
                        .grace(Duration.ofMillis(4000))
                        .maxMessageBytes(12_345)
                        .maxNodesPerConnection(17)
                        .maxChannels(23)
                        .windowBytes(20_000));
                RawPeer peer = bus.connect()) {
            Frame answer = peer.register("n1");
            assertThat(answer.stream()).isZero();
            assertThat(answer.payload().substring(16))
                    .isEqualTo(Frame.u32(1000)
                            + Frame.u32(2500)
                            + Frame.u32(3000)
                            + Frame.u32(4000)
                            + Frame.u32(12_345)
                            + Frame.u32(17)
                            + Frame.u32(23)
                            + Frame.u64(20_000)
                            + Frame.u64(20_000));
            bus.told.await("n1 ONLINE");
        }
    }

    /**
     * Whatever is asked for: a node that beat once a year could die unnoticed, and one that beat
     * without a pause would be a flood.
     */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 31_536_000_000L % (1L << 32), 0xFFFF_FFFFL})
    void theIntervalIsTheServers(long asked) throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            Frame answer = peer.register(Frame.register("n1", 1, 1, "020004" + Frame.u32(asked)));
            assertThat(answer.payload()).startsWith(answer.payload().substring(0, 16) + Frame.u32(10_000));
        }
    }

    @Test
    @Tag("M14")
    @Tag("M18")
    void everythingAtItsBoundIsTaken() throws IOException {
        String id = "AZaz09._:-" + "x".repeat(118);
        Map<String, String> entries = IntStream.range(0, 31)
                .boxed()
                .collect(Collectors.toMap(i -> String.format("key%02d", i), i -> "ü".repeat(i)));
        int bytes = entries.entrySet().stream()
                .mapToInt(
                        entry -> entry.getKey().length() + 2 * entry.getValue().length())
                .sum();
        entries.put("k".repeat(64), "v".repeat(4096 - 64 - bytes));
        String tlvs = entries.entrySet().stream()
                .map(entry -> entry(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining());
        String ignorable = "850000" + "850000" + "ff0001" + "00" + "ff0000";
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            peer.register(Frame.register(
                    id, -1, -1, tlvs + "020004ffffffff" + "031000" + "00".repeat(4096) + "86000400000000" + ignorable));
            Node node = bus.server.nodes().find(id).orElseThrow();
            assertThat(node.metadata()).isEqualTo(entries);
            assertThat(node.incarnation()).isEqualTo(-1);
        }
    }

    @Test
    @Tag("M23")
    void epochsGrowBeyondAllThatWereGivenAndShown() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer first = bus.connect();
                RawPeer second = bus.connect();
                RawPeer third = bus.connect();
                RawPeer fourth = bus.connect()) {
            long one = epoch(first.register("n1"));
            assertThat(one >>> 20).isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
            long two = epoch(second.register("n2"));
            assertThat(two).isGreaterThan(one);
            // Half a day ahead: another server's clock may be.
            long shown = System.currentTimeMillis() + Duration.ofHours(12).toMillis() << 20;
            long three = epoch(third.register(Frame.register("n3", 1, 1, LAST_EPOCH + Frame.u64(shown))));
            assertThat(three).isGreaterThan(shown);
            assertThat(epoch(fourth.register("n4"))).isGreaterThan(three);
        }
    }

    @Test
    @Tag("M23")
    void epochMoreThanADayAheadIsRefused() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect()) {
            long shown = System.currentTimeMillis() + Duration.ofHours(25).toMillis() << 20;
            peer.send(Frame.register("n1", 1, 1, LAST_EPOCH + Frame.u64(shown)));
            assertThat(ErrorCodes.of(peer.next())).isEqualTo("EPOCH_REFUSED node");
            assertThat(bus.server.stats().liveness().registrationsRefused()).isEqualTo(1);
            peer.register("n1");
        }
    }

    @Test
    @Tag("M21")
    void attemptThatWasOvertakenIsRefusedAndChangesNothing() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer current = bus.connect();
                RawPeer same = bus.connect();
                RawPeer earlier = bus.connect()) {
            long epoch = epoch(current.register(Frame.register("n1", 1, 5, "")));
            for (RawPeer late : List.of(same, earlier)) {
                late.send(Frame.register("n1", 1, late == same ? 5 : 4, ""), Frame.heartbeat(1));
                List<Frame> answers = late.untilEnd();
                assertThat(answers).hasSize(1);
                assertThat(ErrorCodes.of(answers.get(0))).isEqualTo("STALE_ATTEMPT node");
            }
            isUntouched(bus, current, epoch);
        }
    }

    @Test
    @Tag("M21")
    void processThatWasReplacedBeforeIsRefusedAndChangesNothing() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer current = bus.connect();
                RawPeer replaced = bus.connect()) {
            long epoch = epoch(current.register(Frame.register("n1", 1, 1, "")));
            replaced.send(Frame.register("n1", 2, 9, LAST_EPOCH + Frame.u64(epoch - 1)), Frame.heartbeat(1));
            List<Frame> answers = replaced.untilEnd();
            assertThat(answers).hasSize(1);
            assertThat(ErrorCodes.of(answers.get(0))).isEqualTo("REPLACED node");
            isUntouched(bus, current, epoch);
        }
    }

    @Test
    @Tag("M21")
    void newcomerIsRefusedWhereTheOlderWins() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.takeoverPolicy(TakeoverPolicy.REFUSE));
                RawPeer current = bus.connect();
                RawPeer newcomer = bus.connect()) {
            long epoch = epoch(current.register(Frame.register("n1", 1, 1, "")));
            newcomer.send(Frame.register("n1", 2, 1, LAST_EPOCH + Frame.u64(epoch)));
            assertThat(ErrorCodes.of(newcomer.next())).isEqualTo("NODE_ID_IN_USE node");
            isUntouched(bus, current, epoch);
            // The connection stays as it was, and may register by another name.
            newcomer.register(Frame.register("n2", 2, 1, ""));
        }
    }

    private static void isUntouched(LocalBus bus, RawPeer current, long epoch) throws IOException {
        current.send(Frame.heartbeat(1));
        assertThat(current.next().type()).isEqualTo(Frame.HEARTBEAT_RES);
        bus.told.awaitOf("n1", "ONLINE");
        assertThat(bus.server.nodes().find("n1").orElseThrow().epoch()).isEqualTo(epoch);
    }

    @Test
    @Tag("M21")
    @Tag("M22")
    void newcomerWinsAndWhatTheOlderStillSaysDoesNotMatter() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer older = bus.connect();
                RawPeer newcomer = bus.connect()) {
            long first = epoch(older.register(Frame.register("n1", 1, 1, "")));
            long second = epoch(newcomer.register(Frame.register("n1", 2, 1, "")));
            assertThat(second).isGreaterThan(first);
            List<Frame> last = older.untilEnd();
            assertThat(last).hasSize(1);
            assertThat(last.get(0).type()).isEqualTo(Frame.GO_AWAY);
            // Scope connection, REPLACED, never again.
            assertThat(last.get(0).payload()).startsWith("00" + "0002" + "ffffffff");

            older.send(Frame.data("late"), Frame.of(Frame.UNREGISTER, 0, ""));
            older.reset();
            newcomer.send(Frame.data("in time"));
            bus.told.await("n1 message in time");
            assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(REPLACED)", "ONLINE", "message in time");
            assertThat(bus.server.nodes().find("n1").orElseThrow().epoch()).isEqualTo(second);
        }
    }

    @Test
    @Tag("M21")
    @Tag("M22")
    void sameProcessIsBackWithoutAnEndInBetween() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer older = bus.connect();
                RawPeer back = bus.connect()) {
            long first = epoch(older.register(Frame.register("n1", 1, 1, "")));
            long second = epoch(back.register(Frame.register("n1", 1, 2, LAST_EPOCH + Frame.u64(first))));
            assertThat(second).isGreaterThan(first);
            assertThat(older.nextPing().payload()).hasSize(16);
            older.reset();
            assertThat(bus.server.trySend("n1", ByteBuffer.wrap(new byte[1]))).hasToString("ACCEPTED");
            assertThat(back.next().type()).isEqualTo(Frame.DATA);
            bus.told.awaitOf("n1", "ONLINE", "SUSPECT(LOST)", "ONLINE");
            assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(1);
        }
    }

    /** Each answers on its connection after the other has registered: they cannot be one. */
    @Test
    @Tag("M21")
    @Tag("M94")
    void duplicatesAreDistinguishedByTheirAnswers() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer first = bus.connect();
                RawPeer second = bus.connect();
                RawPeer third = bus.connect();
                RawPeer fourth = bus.connect()) {
            List<RawPeer> peers = List.of(first, second, third, fourth);
            epoch(first.register(Frame.register("n1", 1, 1, "")));
            for (int attempt = 2; attempt <= 4; attempt++) {
                RawPeer older = peers.get(attempt - 2);
                epoch(peers.get(attempt - 1).register(Frame.register("n1", 1, attempt, "")));
                Frame ping = older.nextPing();
                older.send(Frame.of(Frame.PONG, 0, ping.payload()));
                if (attempt == 4) {
                    Frame goAway = older.next();
                    assertThat(goAway.type()).isEqualTo(Frame.GO_AWAY);
                    assertThat(goAway.payload()).startsWith("000002ffffffff").endsWith("820000");
                }
                assertThat(older.endsWithoutAByte()).isTrue();
            }
            fourth.send(Frame.ping(""));
            assertThat(fourth.next().type()).isEqualTo(Frame.PONG);
            bus.told.awaitOf(
                    "n1", "ONLINE", "SUSPECT(LOST)", "ONLINE", "SUSPECT(LOST)", "ONLINE", "SUSPECT(LOST)", "ONLINE");
        }
    }

    @Test
    @Tag("M19")
    @Tag("M20")
    void registrationStandsWhateverElseIsAskedFor() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.maxNodesPerConnection(0));
                RawPeer peer = bus.connect()) {
            long epoch = epoch(peer.register("n1"));
            peer.send(Frame.register("n2", 2, 2, ""));
            assertThat(ErrorCodes.of(peer.next())).isEqualTo("ALREADY_REGISTERED node");
            Frame other = Frame.register("n3", 1, 1, "");
            peer.send(Frame.of(Frame.REGISTER, 1, other.payload()));
            assertThat(ErrorCodes.of(peer.next())).isEqualTo("UNSUPPORTED node");
            isUntouched(bus, peer, epoch);
            assertThat(bus.server.nodes().stream()).hasSize(1);
        }
    }
}
