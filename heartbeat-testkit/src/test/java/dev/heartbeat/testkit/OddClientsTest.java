package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server against scripted clients that behave like no client of this library. */
final class OddClientsTest {
    private static final String HEARTBEAT = "ab020100000000000000001000000000000000010000000000000000";

    private final Bus bus = new Bus(3);
    private final ScriptedPeer client =
            ScriptedPeer.client(bus.world.newHost("client").transport(), bus.server.localAddress());

    private void playFor(Duration duration) {
        client.play();
        bus.advance(duration);
        client.verify();
    }

    private void register() {
        client.connect().register("n1").expectRegistered();
        playFor(Duration.ofMillis(100));
    }

    /** A byte each tenth of a second. */
    private void trickle(String hex) {
        for (byte part : HexFormat.of().parseHex(hex)) {
            client.raw(HexFormat.of().toHexDigits(part));
            client.play();
            bus.advance(Duration.ofMillis(100));
        }
    }

    @Test
    @Tag("M29")
    void aFrameThatTricklesInIsNoSignOfLifeBeforeItsEnd() {
        register();
        client.ignore("PING").ignore("HEARTBEAT_RES");
        // 28 bytes, 2.8 seconds: suspected meanwhile, and heard of in time.
        trickle(HEARTBEAT);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "SUSPECT(SILENT)", "ONLINE");
        client.verify();

        // A PING of 64 bytes would take twice as long as there is.
        trickle("ab0204000000000000000040" + "00".repeat(24));
        assertThat(bus.told.of("n1")).endsWith("SUSPECT(SILENT)", "OFFLINE(TIMEOUT)");
        client.expectGoAway("TIMEOUT").expectEndOfStream();
        playFor(Duration.ofSeconds(3));
    }

    @Test
    @Tag("M17")
    void aRegistrationThatTricklesInIsNotWaitedFor() {
        client.connect();
        playFor(Duration.ofMillis(100));
        for (int i = 0; i < 12; i++) {
            client.raw(i == 0 ? "ab02060000000000000000ff" : "00");
            client.play();
            bus.advance(Duration.ofMillis(500));
        }
        client.expectError("HANDSHAKE_TIMEOUT").expectEndOfStream();
        playFor(Duration.ofSeconds(5));
    }

    @Test
    @Tag("M41")
    void creditThatGoesBackTakesNothingAway() {
        register();
        client.credit(0).connectionCredit(1).expectData("still allowed");
        client.play();
        bus.advance(Duration.ofMillis(10));
        bus.server.trySend("n1", ByteBuffer.wrap("still allowed".getBytes(StandardCharsets.UTF_8)));
        playFor(Duration.ofMillis(100));
    }

    @Test
    @Tag("M8")
    @Tag("M48")
    void framesBehindAFaultAreNotRead() {
        register();
        // An unknown type, and a message behind it in the same segment.
        client.raw("ab0270000000000000000000 ab0203000000000000000002 6869");
        client.expectError("UNKNOWN_TYPE").expectEndOfStream();
        playFor(Duration.ofSeconds(3));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(PROTOCOL_ERROR)");
    }

    @Test
    @Tag("M1")
    void foreignProtocolGetsNoAnswer() {
        client.connect().raw("474554202f20485454502f312e310d0a0d0a").expectEndOfStream();
        playFor(Duration.ofSeconds(1));
    }

    @Test
    @Tag("M51")
    void anErrorIsNeverAnsweredWithAnError() {
        register();
        client.raw("ab0208000000000000000001 07").expectEndOfStream();
        playFor(Duration.ofSeconds(3));
        assertThat(bus.told.of("n1")).startsWith("ONLINE", "SUSPECT(LOST)");
    }

    @Test
    @Tag("M21")
    @Tag("M22")
    void anAbandonedAttemptThatIsReadLateChangesNothing() {
        client.connect().register("n1", 77, 2).expectRegistered();
        playFor(Duration.ofMillis(100));
        ScriptedPeer late = ScriptedPeer.client(bus.world.newHost("late").transport(), bus.server.localAddress());
        late.connect().register("n1", 77, 1).expectError("STALE_ATTEMPT").expectEndOfStream();
        late.play();
        client.heartbeat().expectHeartbeatAnswer();
        playFor(Duration.ofSeconds(1));
        late.verify();
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
    }
}
