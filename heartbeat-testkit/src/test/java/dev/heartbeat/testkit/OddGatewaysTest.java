package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * For whom a gateway's heartbeat speaks, and what becomes of those it does not speak for; from
 * scripts, since no client of this library falls silent so selectively.
 */
final class OddGatewaysTest {
    private static final Duration TICK = Duration.ofMillis(500);

    private final Bus bus = new Bus(5);
    private final ScriptedPeer gateway =
            ScriptedPeer.client(bus.world.newHost("gateway").transport(), bus.server.localAddress());

    private void playFor(Duration duration) {
        gateway.play();
        bus.advance(duration);
        gateway.verify();
    }

    private void register(int nodes) {
        gateway.connect().register("gw").expectRegistered();
        for (int handle = 1; handle <= nodes; handle++) {
            gateway.register(handle, "n" + handle).expectRegistered();
        }
        playFor(Duration.ofMillis(100));
    }

    /** A beat of handle 0 with these TLVs, in hex. */
    private void beat(String tlvs) {
        String hex = tlvs.replace(" ", "");
        gateway.raw(String.format(
                "ab020100 00000000 %08x 0000000000000001 0000000000000000 %s", 16 + hex.length() / 2, hex));
        gateway.play();
    }

    private void beatFor(Duration duration, String tlvs) {
        for (Duration past = Duration.ZERO; past.compareTo(duration) < 0; past = past.plus(TICK)) {
            beat(tlvs);
            bus.advance(TICK);
        }
    }

    @Test
    @Tag("M64")
    void oneBeatSpeaksForAll() {
        register(50);
        gateway.ignore("HEARTBEAT_RES");
        beatFor(Duration.ofSeconds(20), "010000");
        assertThat(bus.told.count("SUSPECT")).isZero();
        assertThat(bus.server.stats().liveness().online()).isEqualTo(51);
    }

    @Test
    @Tag("M29")
    @Tag("M64")
    void aPlainBeatSpeaksForTheGatewayAlone() {
        register(2);
        gateway.ignore("HEARTBEAT_RES").ignore("PING");
        beatFor(Duration.ofSeconds(2), "");
        gateway.expectGoAway("TIMEOUT").expectGoAway("TIMEOUT");
        beatFor(Duration.ofSeconds(3), "");
        playFor(Duration.ZERO);
        assertThat(bus.told.of("gw")).containsExactly("ONLINE");
        for (String node : List.of("n1", "n2")) {
            assertThat(bus.told.of(node)).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
        }
    }

    @Test
    @Tag("M64")
    void rangesLeaveOut() {
        register(5);
        gateway.ignore("HEARTBEAT_RES");
        // 1 to 2, and 4 to 5.
        beatFor(Duration.ofSeconds(2), "010008 00000001 00000002 010008 00000004 00000005");
        gateway.expectGoAway("TIMEOUT");
        beatFor(Duration.ofSeconds(3), "010008 00000001 00000002 010008 00000004 00000005");
        playFor(Duration.ZERO);
        assertThat(bus.told.of("n3")).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
        // A gap within a range is passed over.
        beatFor(Duration.ofSeconds(5), "010008 00000000 00000005");
        for (String node : List.of("gw", "n1", "n2", "n4", "n5")) {
            assertThat(bus.told.of(node)).containsExactly("ONLINE");
        }
    }

    @Test
    @Tag("M64")
    void suspectedNodeRecoversWithTheFirstBeatForIt() {
        register(3);
        gateway.ignore("HEARTBEAT_RES").ignore("PING");
        bus.advance(Duration.ofMillis(2600));
        assertThat(bus.told.count("SUSPECT(SILENT)")).isEqualTo(4);
        beat("010008 00000002 00000002");
        bus.advance(Duration.ofMillis(10));
        assertThat(bus.told.of("n2")).endsWith("SUSPECT(SILENT)", "ONLINE");
        assertThat(bus.told.of("n1")).endsWith("SUSPECT(SILENT)");
        beat("010000");
        bus.advance(Duration.ofMillis(10));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(SILENT)", "ONLINE");
        assertThat(bus.told.of("n3")).containsExactly("ONLINE", "SUSPECT(SILENT)", "ONLINE");
    }

    @Test
    @Tag("M64")
    void frameThatNamesANodeIsItsSignOfLife() {
        register(4);
        gateway.ignore("HEARTBEAT_RES").ignore("CREDIT");
        for (int i = 0; i < 8; i++) {
            if (i == 5) {
                gateway.expectGoAway("TIMEOUT"); // At 3 s, of 4.
            }
            gateway.raw("ab0203 04 00000000 0000000e 0007 01000400000001 68656c6c6f"); // DATA of 1
            gateway.raw("ab020f 00 00000002 00000000"); // UPDATE of 2
            gateway.raw("ab0201 00 00000003 00000010 0000000000000001 0000000000000000"); // HEARTBEAT_REQ of 3
            gateway.play();
            bus.advance(TICK);
        }
        playFor(Duration.ZERO);
        for (String node : List.of("gw", "n1", "n2", "n3")) {
            assertThat(bus.told.of(node)).doesNotContain("SUSPECT(SILENT)");
        }
        assertThat(bus.told.of("n4")).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
    }

    @Test
    @Tag("M28")
    void aBeatIsAnsweredOnceWhoeverItSpeaksFor() {
        register(3);
        beat("010000");
        gateway.expect("HEARTBEAT_RES");
        playFor(Duration.ofMillis(100));
    }

    @Test
    @Tag("M64")
    @Tag("M66")
    void aGatewayThatFallsSilentIsGivenUpAndItsNodesAreAwaited() {
        register(3);
        gateway.expectPing().expectGoAway("TIMEOUT").expectEndOfStream();
        playFor(Duration.ofMillis(3500));
        assertThat(bus.told.of("gw")).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
        for (String node : List.of("n1", "n2", "n3")) {
            assertThat(bus.told.of(node)).containsExactly("ONLINE", "SUSPECT(SILENT)");
        }
        bus.advance(Duration.ofSeconds(4));
        for (String node : List.of("n1", "n2", "n3")) {
            assertThat(bus.told.of(node)).containsExactly("ONLINE", "SUSPECT(SILENT)", "OFFLINE(CLOSED)");
        }
        assertThat(bus.server.stats().liveness().suspect()).isZero();
    }

    @Test
    @Tag("M66")
    void aGatewayThatBreaksTheProtocolLosesItsNodes() {
        register(2);
        gateway.raw("ab0270000000000000000000").expectError("UNKNOWN_TYPE").expectEndOfStream();
        playFor(Duration.ofMillis(100));
        assertThat(bus.told.of("gw")).containsExactly("ONLINE", "OFFLINE(PROTOCOL_ERROR)");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)");
        assertThat(bus.told.of("n2")).containsExactly("ONLINE", "SUSPECT(LOST)");
        bus.advance(Duration.ofSeconds(4));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(LOST)", "OFFLINE(CLOSED)");
    }
}
