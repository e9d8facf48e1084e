package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages that are announced and come by drops, beside others'; on virtual time. */
final class SlowMessagesTest {
    private static final String TEN_MIB_BEGIN = "ab020305 00000000 0000000a 0007 06000400a00000 61";
    private static final String ONE_BYTE_MORE = "ab020301 00000000 00000001 61";

    private final Bus bus = new Bus(81);
    private final Host host = bus.world.newHost("strangers");

    private ScriptedPeer stranger(String id) {
        ScriptedPeer peer = ScriptedPeer.client(host.transport(), bus.server.localAddress());
        peer.connect()
                .register(id)
                .expectRegistered()
                .ignore("CREDIT")
                .ignore("PING")
                .ignore("ERROR");
        peer.raw(TEN_MIB_BEGIN).play();
        return peer;
    }

    @Test
    @Tag("M74")
    void messagesThatComeByDropsDoNotTakeTheMemoryOfOthers() {
        List<ScriptedPeer> strangers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            strangers.add(stranger("s" + i));
        }
        for (int second = 0; second < 12; second++) {
            for (ScriptedPeer each : strangers) {
                each.raw(ONE_BYTE_MORE).play();
            }
            bus.advance(Duration.ofSeconds(1));
        }
        assertThat(bus.server.stats().connections().errorsSent()).containsEntry("NO_CAPACITY", 40L);
        HeartbeatClient client = bus.client(bus.world.newHost("client"), "n1").connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        client.trySend(ByteBuffer.allocate(9_000_000));
        bus.advance(Duration.ofSeconds(5));
        assertThat(bus.told.of("n1")).anyMatch(line -> line.startsWith("message"));
    }

    @Test
    @Tag("M74")
    void burstBuysNoMoreThanTheFragmentTimeout() {
        ScriptedPeer peer = stranger("s");
        for (int i = 0; i < 10; i++) {
            peer.raw("ab020301 00000000 00004000" + "61".repeat(16_384)).play();
            bus.advance(Duration.ofMillis(100));
        }
        for (int second = 0; second < 45; second++) {
            peer.raw(ONE_BYTE_MORE).play();
            bus.advance(Duration.ofSeconds(1));
        }
        assertThat(bus.server.stats().connections().errorsSent()).containsEntry("NO_CAPACITY", 1L);
    }

    @Test
    @Tag("M74")
    void messageThatComesFastEnoughIsTaken() {
        Host far = bus.world.newHost("far");
        bus.world.link(far, bus.serverHost, LinkSettings.LAN.withBytesPerSecond(4_000));
        HeartbeatClient client = bus.client(far, "n1").connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        client.trySend(ByteBuffer.allocate(400_000));
        bus.advance(Duration.ofMinutes(2));
        assertThat(bus.told.of("n1")).hasSize(2).last().asString().startsWith("message");
    }
}
