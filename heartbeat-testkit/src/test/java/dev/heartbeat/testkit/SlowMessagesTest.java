package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages that are announced and come by drops, beside others'; on virtual time. */
final class SlowMessagesTest {
    private static final String TEN_MIB_BEGIN = "ab020305 00000000 0000000a 0007 06000400a00000 61";
    private static final int MESSAGE = 400_000;
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

    /** Whatever it announces, and on however many channels. */
    @Test
    @Tag("M36")
    void connectionTakesAnEighthOfTheMemoryAtMost() {
        int eighth = 500_000;
        Bus small = new Bus(
                86,
                2,
                options -> options.inboundBudgetBytes(8L * eighth)
                        .maxMessageBytes(eighth / 2)
                        .windowBytes(16_396)
                        .otherChannels(
                                ChannelOptions.builder()
                                        .windowBytes(16_396)
                                        .maxWindowBytes(16_396)
                                        .build(),
                                offered -> new ChannelListener() {}));
        List<ScriptedPeer> announcing = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            ScriptedPeer peer =
                    ScriptedPeer.client(small.world.newHost("stranger").transport(), small.server.localAddress());
            peer.ignore("CREDIT").ignore("PING").ignore("CHANNEL_ACCEPT");
            peer.connect().register("s" + i).expectRegistered();
            for (int channel = 1; channel <= 9; channel += 2) {
                peer.raw(String.format("ab020a00 %08x 0000000d 0000000000004010 10 03 6c6f67", channel));
            }
            peer.play();
            small.advance(Duration.ofMillis(100));
            for (int channel = 1; channel <= 9; channel += 2) {
                // The first byte of 200,000.
                peer.raw(String.format("ab020305 %08x 0000000a 0007 06000400030d40 61", channel));
            }
            peer.expect("CHANNEL_RESET").expect("CHANNEL_RESET").expect("CHANNEL_RESET");
            peer.play();
            announcing.add(peer);
        }
        small.advance(Duration.ofMillis(100));
        announcing.forEach(ScriptedPeer::verify);
        assertThat(small.server.stats().connections().errorsSent()).containsOnly(Map.entry("NO_CAPACITY", 21L));
        HeartbeatClient client =
                small.client(small.world.newHost("client"), "n1").connect();
        small.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        client.trySend(ByteBuffer.allocate(eighth / 2));
        small.advance(Duration.ofSeconds(1));
        assertThat(small.told.of("n1")).hasSize(2).last().asString().startsWith("message");
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
        sendTo(bus, slowly(bus).connect());
        assertThat(bus.told.of("n1")).hasSize(2).last().asString().startsWith("message");
    }

    @Test
    @Tag("M74")
    void serverRefusesWhatIsSlowerThanItsOptionsAllow() {
        Bus strict = new Bus(
                82,
                2,
                options -> options.slowMessageGrace(Duration.ofSeconds(2)).minMessageBytesPerSecond(10_000));
        sendTo(strict, slowly(strict).connect());
        assertThat(strict.told.of("n1")).hasSize(1);
        assertThat(strict.server.stats().connections().errorsSent()).containsEntry("NO_CAPACITY", 1L);
    }

    @Test
    @Tag("M74")
    void serverWaitsAsLongAsItsOptionsAllow() {
        Bus patient = new Bus(
                84,
                2,
                options -> options.slowMessageGrace(Duration.ofMinutes(10)).minMessageBytesPerSecond(1 << 30));
        sendTo(patient, slowly(patient).connect());
        assertThat(patient.told.of("n1")).hasSize(2).last().asString().startsWith("message");
    }

    @Test
    @Tag("M74")
    void clientHasTheSameOptions() {
        List<Integer> taken = new ArrayList<>();
        for (int rate : new int[] {1024, 10_000}) {
            Bus other = new Bus(85, 2, options -> options.channelQueueBytes(MESSAGE));
            HeartbeatClient client = slowly(other)
                    .minMessageBytesPerSecond(rate)
                    .onMessage(message -> taken.add(rate))
                    .connect();
            other.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
            other.server.trySend("n1", ByteBuffer.allocate(MESSAGE));
            other.advance(Duration.ofMinutes(2));
        }
        assertThat(taken).containsExactly(1024);
    }

    /** A client on a link of 4,000 bytes a second. */
    private static HeartbeatClient.Builder slowly(Bus bus) {
        Host far = bus.world.newHost("far");
        bus.world.link(far, bus.serverHost, LinkSettings.LAN.withBytesPerSecond(4_000));
        return bus.client(far, "n1");
    }

    private static void sendTo(Bus bus, HeartbeatClient client) {
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        client.trySend(ByteBuffer.allocate(MESSAGE));
        bus.advance(Duration.ofMinutes(2));
    }
}
