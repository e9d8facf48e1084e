package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelState;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server sends a client no more than that takes, as its REGISTER says. */
@Tag("M93")
final class ClientLimitsTest {
    private static final long WINDOW = 64 * 1024;
    private static final String NO_LIMITS = "";

    private final Bus bus = new Bus(7, 2, options -> options.maxNodesPerConnection(4));
    private final ScriptedPeer client =
            ScriptedPeer.client(bus.world.newHost("client").transport(), bus.server.localAddress());

    private static String limits(int maxMessageBytes, int maxChannels) {
        return "880008" + HexFormat.of().toHexDigits(maxMessageBytes)
                + HexFormat.of().toHexDigits(maxChannels);
    }

    private static String register(int handle, String id, int attempt, String tlvs) {
        ByteBuffer fixed = ByteBuffer.allocate(29 + id.length());
        fixed.putLong(1).putInt(attempt).putLong(WINDOW).putLong(WINDOW);
        fixed.put((byte) id.length()).put(id.getBytes(US_ASCII));
        HexFormat hex = HexFormat.of();
        int length = fixed.capacity() + tlvs.length() / 2;
        return "ab020600" + hex.toHexDigits(handle) + hex.toHexDigits(length) + hex.formatHex(fixed.array()) + tlvs;
    }

    private void registered(int attempt, String tlvs) {
        client.connect().raw(register(0, "n1", attempt, tlvs)).expectRegistered();
        playFor(Duration.ofMillis(100));
    }

    private void playFor(Duration duration) {
        client.play();
        bus.advance(duration);
        client.verify();
    }

    private static ByteBuffer bytes(int length) {
        return ByteBuffer.allocate(length);
    }

    private SendResult trySend(String id, int length) {
        return bus.server.trySend(id, bytes(length));
    }

    @Test
    void aMessageThatTheClientDoesNotTakeIsTooLarge() {
        HeartbeatClient small = bus.client(bus.world.newHost("small"), "n1")
                .maxMessageBytes(1000)
                .connect();
        bus.world.advanceUntil(small.registered()::isDone, Duration.ofSeconds(1));

        assertThat(trySend("n1", 1001)).isEqualTo(SendResult.TOO_LARGE);
        assertThat(trySend("n1", 1000)).isEqualTo(SendResult.ACCEPTED);
        CompletableFuture<ByteBuffer> reply = bus.server.request("n1", bytes(1001), Duration.ofSeconds(1));
        assertThatThrownBy(reply::join)
                .hasCauseInstanceOf(UndeliveredException.class)
                .hasMessageContaining("TOO_LARGE");
    }

    @Test
    void waitingMessagesComeBackIfTheNextConnectionTakesLess() {
        registered(1, NO_LIMITS);
        client.reset();
        playFor(Duration.ofMillis(100));
        assertThat(trySend("n1", 2000)).isEqualTo(SendResult.ACCEPTED);
        assertThat(trySend("n1", 1)).isEqualTo(SendResult.ACCEPTED);

        client.connect()
                .raw(register(0, "n1", 2, limits(1000, 5)))
                .expectRegistered()
                .expectData("\0");
        playFor(Duration.ofMillis(100));
        assertThat(bus.told.of("n1")).contains("undelivered 2000 bytes");
        assertThat(trySend("n1", 1001)).isEqualTo(SendResult.TOO_LARGE);

        // Over the next one it takes more again.
        client.reset();
        playFor(Duration.ofMillis(100));
        assertThat(trySend("n1", 1001)).isEqualTo(SendResult.TOO_LARGE);
        registered(3, NO_LIMITS);
        client.expectData(new byte[1001]);
        client.play();
        assertThat(trySend("n1", 1001)).isEqualTo(SendResult.ACCEPTED);
        playFor(Duration.ofMillis(100));
        assertThat(bus.told.count("undelivered")).isEqualTo(1);
    }

    @Test
    void theLimitsGrowForAnotherConnectionOfTheProcessToo() {
        registered(1, limits(1000, 5));
        assertThat(trySend("n1", 1001)).isEqualTo(SendResult.TOO_LARGE);
        assertThat(trySend("n1", 10)).isEqualTo(SendResult.ACCEPTED);
        client.expectData(new byte[10]).reset();
        playFor(Duration.ofMillis(100));
        registered(2, limits(3000, 5));
        assertThat(trySend("n1", 3001)).isEqualTo(SendResult.TOO_LARGE);
        client.expectData(new byte[3000]);
        client.play();
        assertThat(trySend("n1", 3000)).isEqualTo(SendResult.ACCEPTED);
        playFor(Duration.ofMillis(100));
    }

    @Test
    void theNodesOfAGatewayShareTheLimitsOfTheirConnection() {
        registered(1, limits(1000, 5));
        client.raw(register(3, "n3", 1, limits(5, 5))).expectRegistered();
        playFor(Duration.ofMillis(100));
        assertThat(trySend("n3", 1001)).isEqualTo(SendResult.TOO_LARGE);
        client.expect("DATA");
        client.play();
        assertThat(trySend("n3", 1000)).isEqualTo(SendResult.ACCEPTED);
        playFor(Duration.ofMillis(100));
    }

    @Test
    void aBroadcastCountsWhoDoesNotTakeIt() {
        registered(1, limits(1000, 5));
        BroadcastResult result = bus.server.broadcast(bytes(1001));
        assertThat(result.recipients()).isEqualTo(1);
        assertThat(result.accepted()).isZero();
        assertThat(result.tooLarge()).isEqualTo(1);
        playFor(Duration.ofMillis(100));
    }

    private Channel open(String name) {
        return bus.server.openChannel("n1", name, ChannelOptions.defaults(), new ChannelListener() {});
    }

    @Test
    void aChannelMoreThanTheClientAllowsIsNotOpened() {
        registered(1, limits(1000, 1));
        client.ignore("CREDIT").expect("CHANNEL_OPEN");
        Channel first = open("first");
        Channel second = open("second");
        playFor(Duration.ofMillis(100));
        assertThat(first.state()).isEqualTo(ChannelState.OPENING);
        assertThat(second.state()).isEqualTo(ChannelState.CLOSED);
        assertThat(first.trySend(bytes(1001))).isEqualTo(SendResult.TOO_LARGE);
        assertThatThrownBy(second.opened()::join).hasMessageContaining("the other side allows 1");

        // Its place is free again when it is over.
        client.raw("ab020c000000000200000002 002c").expect("CHANNEL_OPEN");
        client.play();
        bus.advance(Duration.ofMillis(100));
        Channel third = open("third");
        playFor(Duration.ofMillis(100));
        assertThat(third.state()).isEqualTo(ChannelState.OPENING);
    }

    private HeartbeatClient allowing(int channels) {
        HeartbeatClient allowing = bus.client(bus.world.newHost("allowing"), "n1")
                .maxChannels(channels)
                .otherChannels(ChannelOptions.defaults(), offered -> new ChannelListener() {})
                .connect();
        bus.world.advanceUntil(allowing.registered()::isDone, Duration.ofSeconds(1));
        return allowing;
    }

    @Test
    void theClientSaysHowManyChannelsItAllows() {
        HeartbeatClient allowing = allowing(2);
        Channel first = open("first");
        Channel second = open("second");
        Channel third = open("third");
        bus.advance(Duration.ofMillis(100));
        assertThat(first.state()).isEqualTo(ChannelState.OPEN);
        assertThat(second.state()).isEqualTo(ChannelState.OPEN);
        assertThat(third.state()).isEqualTo(ChannelState.CLOSED);
        assertThatThrownBy(third.opened()::join)
                .hasMessageContaining("the other side allows 2 channels at a time, and 2 are open");

        first.reset("enough");
        bus.advance(Duration.ofMillis(100));
        Channel fourth = open("fourth");
        bus.advance(Duration.ofMillis(100));
        assertThat(fourth.state()).isEqualTo(ChannelState.OPEN);
        assertThat(allowing.state()).isEqualTo(ClientState.ONLINE);
    }

    /** The server limits the channels that the client opens. */
    @Test
    void aClientThatAllowsNoneOpensItsOwn() {
        Bus open = new Bus(
                8, 1, options -> options.otherChannels(ChannelOptions.defaults(), offered -> new ChannelListener() {}));
        HeartbeatClient none =
                open.client(open.world.newHost("none"), "n1").maxChannels(0).connect();
        open.world.advanceUntil(none.registered()::isDone, Duration.ofSeconds(1));
        Channel own = none.openChannel("own", ChannelOptions.defaults(), new ChannelListener() {});
        Channel offered = open.server.openChannel("n1", "any", ChannelOptions.defaults(), new ChannelListener() {});
        open.advance(Duration.ofMillis(100));
        assertThat(own.state()).isEqualTo(ChannelState.OPEN);
        assertThat(offered.state()).isEqualTo(ChannelState.CLOSED);
        assertThatThrownBy(offered.opened()::join).hasMessageContaining("the other side allows 0");
    }

    /** A server that does not know the TLV finds the same bound. */
    @Test
    @Tag("M54")
    void theClientRefusesMoreChannelsThanItAllows() {
        ScriptedPeer server = ScriptedPeer.server(bus.world.newHost("other").transport());
        HeartbeatClient.builder()
                .server(
                        server.address().getAddress().getHostAddress(),
                        server.address().getPort())
                .nodeId("n1")
                .maxChannels(1)
                .otherChannels(ChannelOptions.defaults(), offered -> new ChannelListener() {})
                .transport(bus.world.newHost("client").transport())
                .connect();
        server.expectConnection().expectRegister("n1");
        server.raw("ab020900 00000000 00000034 0000000000000001 000003e8 000009c4 00000bb8 00000000"
                + "00001000 00000000 00000005 0000000000010000 0000000000010000");
        server.ignore("CREDIT").ignore("HEARTBEAT_REQ");
        server.raw("ab020a00 00000002 0000000e 0000000000010000 10046c6f6773").expect("CHANNEL_ACCEPT");
        server.raw("ab020a00 00000004 0000000e 0000000000010000 10046c6f6773").expect("CHANNEL_RESET");
        server.play();
        bus.advance(Duration.ofSeconds(1));
        server.verify();
    }

    @Test
    void countIsCheckedBeforeConnecting() {
        for (int outside : new int[] {-1, 65_536}) {
            assertThatThrownBy(() -> bus.client(bus.world.newHost("bad"), "n2")
                            .maxChannels(outside)
                            .connect())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("maxChannels")
                    .hasMessageContaining(Integer.toString(outside))
                    .hasMessageContaining("0 to 65535");
        }
    }

    @Test
    void aClientThatAllowsNoChannelIsOfferedNone() {
        registered(1, limits(1000, 0));
        Channel channel = open("any");
        playFor(Duration.ofMillis(100));
        assertThat(channel.state()).isEqualTo(ChannelState.CLOSED);
    }
}
