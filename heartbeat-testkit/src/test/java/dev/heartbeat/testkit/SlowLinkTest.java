package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bulk over a link that is slow for the limits of silence, in both directions; on virtual time. */
final class SlowLinkTest {
    private static final int LINK = 32_000;

    private final Bus bus = new Bus(
            71,
            2,
            options -> options.heartbeatInterval(Duration.ofMillis(200))
                    .suspectAfter(Duration.ofMillis(500))
                    .heartbeatTimeout(Duration.ofMillis(600)));
    private final Host host = bus.world.newHost("client");
    private final ClientRecorder told = new ClientRecorder();

    private HeartbeatClient connect(LinkSettings link) {
        bus.world.link(host, bus.serverHost, link);
        HeartbeatClient client = bus.client(host, "n1").listener(told).connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    private static LinkSettings slow(int socketBuffer) {
        return LinkSettings.LAN.withBytesPerSecond(LINK).withSocketBuffer(socketBuffer);
    }

    @ParameterizedTest
    @CsvSource({"true, 262144", "true, 4096", "false, 262144", "false, 4096"})
    @Tag("M29")
    void bytesThatKeepComingKeepThePeerAlive(boolean toServer, int socketBuffer) {
        HeartbeatClient client = connect(slow(socketBuffer));
        ByteBuffer message = ByteBuffer.allocate(100_000);
        if (toServer) {
            client.trySend(message);
        } else {
            bus.server.trySend("n1", message);
        }
        bus.advance(Duration.ofSeconds(6));

        assertThat(bus.told.of("n1"))
                .filteredOn(line -> !line.startsWith("message"))
                .containsExactly("ONLINE");
        assertThat(told.events()).containsExactly("connected", "registered");
    }

    @Test
    void beatWaitsForLittleInTheBusItself() {
        HeartbeatClient client = connect(slow(2048));
        for (int i = 0; i < 20; i++) {
            client.trySend(ByteBuffer.allocate(16_000));
        }
        bus.advance(Duration.ofSeconds(2));
        for (int i = 0; i < 7; i++) {
            bus.advance(Duration.ofSeconds(1));
            // A quarter of the interval in the bus, and as long as its socket buffer takes.
            assertThat(bus.server.nodes().find("n1").orElseThrow().rtt())
                    .isBetween(Duration.ofMillis(1), Duration.ofMillis(50 + 2048 * 1000 / LINK + 10));
        }
    }

    /** A beat waits for a quarter of a second at most, even where the interval would allow more. */
    @Test
    void beatOfALongIntervalWaitsNoLonger() {
        Bus patient = new Bus(
                72,
                2,
                options -> options.heartbeatInterval(Duration.ofSeconds(4))
                        .suspectAfter(Duration.ofSeconds(10))
                        .heartbeatTimeout(Duration.ofSeconds(12)));
        Host far = patient.world.newHost("far");
        patient.world.link(far, patient.serverHost, slow(2048));
        HeartbeatClient client = patient.client(far, "n1").queueBytes(1 << 21).connect();
        patient.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        for (int i = 0; i < 100; i++) {
            assertThat(client.trySend(ByteBuffer.allocate(16_000))).isEqualTo(SendResult.ACCEPTED);
        }
        patient.advance(Duration.ofSeconds(10));
        for (int i = 0; i < 8; i++) {
            patient.advance(Duration.ofSeconds(4));
            assertThat(patient.server.nodes().find("n1").orElseThrow().rtt())
                    .isBetween(Duration.ofMillis(1), Duration.ofMillis(250 + 2048 * 1000 / LINK + 10));
        }
    }

    /** A client that has begun a DATA frame of full size. */
    private ScriptedPeer underWay(String id) {
        ScriptedPeer peer = ScriptedPeer.client(host.transport(), bus.server.localAddress());
        peer.connect().register(id).expectRegistered().raw("ab020300 00000000 00004000");
        peer.play();
        bus.advance(Duration.ofMillis(20));
        return peer;
    }

    private void send(ScriptedPeer peer, int bytes, Duration each, Duration duration) {
        for (Duration left = duration; left.compareTo(each) >= 0; left = left.minus(each)) {
            peer.raw("00".repeat(bytes));
            peer.play();
            bus.advance(each);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "1, 100", "100, 100", "450, 250"})
    @Tag("M29")
    void trickleIsNoSignOfLife(int bytes, int eachMs) {
        ScriptedPeer peer = underWay("n2");
        send(peer, bytes, Duration.ofMillis(eachMs), Duration.ofSeconds(1));
        assertThat(bus.told.of("n2")).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
    }

    @Test
    @Tag("M29")
    void frameThatGoesOnDefersTheVerdictAndOneThatStopsDoesNot() {
        ScriptedPeer peer = underWay("n2");
        send(peer, 300, Duration.ofMillis(100), Duration.ofSeconds(4));
        assertThat(bus.told.of("n2")).containsExactly("ONLINE");
        bus.advance(Duration.ofMillis(700));
        assertThat(bus.told.of("n2")).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
    }

    @Test
    @Tag("M29")
    void clientJudgesTheServerLikewise() {
        ScriptedPeer server = ScriptedPeer.server(bus.serverHost.transport());
        HeartbeatClient client = HeartbeatClient.builder()
                .server(bus.serverHost.address(), server.address().getPort())
                .nodeId("n3")
                .transport(host.transport())
                .listener(told)
                .connect();
        server.ignore("HEARTBEAT_REQ").ignore("PING");
        server.expectConnection()
                .expectRegister("n3")
                .registered(Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofMillis(600))
                .raw("ab020300 00000000 00004000");
        server.play();
        bus.advance(Duration.ofMillis(20));
        send(server, 300, Duration.ofMillis(100), Duration.ofSeconds(4));
        assertThat(client.registered()).isCompleted();
        assertThat(told.events()).containsExactly("connected", "registered");
        bus.advance(Duration.ofSeconds(1));
        assertThat(told.events()).contains("suspect", "disconnected TIMEOUT");
    }
}
