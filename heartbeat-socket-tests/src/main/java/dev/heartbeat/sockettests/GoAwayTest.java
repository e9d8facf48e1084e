package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that is sent away: its leaving and its return. */
@Tag("M53")
final class GoAwayTest {
    private static final String ORDERS = Frame.u64(65_536) + Frame.u8(16) + Frame.u8(6) + Frame.hex("orders");

    private static final String NEVER = "ffffffff";

    private static Frame goAway(int scope, int reason, String retryAfter) {
        return Frame.of(Frame.GO_AWAY, 0, Frame.u8(scope) + Frame.u16(reason) + retryAfter);
    }

    private static ByteBuffer message(String text, int size) {
        return ByteBuffer.allocate(size)
                .put(text.getBytes(StandardCharsets.US_ASCII))
                .rewind();
    }

    @Test
    void messagesAcceptedBeforeTheEndUseTheSameConnection() throws IOException {
        try (ScriptedServer server = new ScriptedServer(options -> options.windowBytes(16_396))) {
            try (RawPeer peer = server.accept()) {
                peer.next();
                peer.send(ScriptedServer.registered(1, 16_396));
                for (int i = 0; i < 4; i++) {
                    assertThat(server.client.trySend(message("before", 10_000))).isEqualTo(SendResult.ACCEPTED);
                }
                peer.next(Frame.DATA);
                peer.send(goAway(0, 1, "00000000"), Frame.ping("heard?"));
                peer.next(Frame.PONG);
                assertThat(server.client.trySend(message("later", 1000))).isEqualTo(SendResult.ACCEPTED);

                peer.send(Frame.credit(0, 1 << 20), Frame.credit(Frame.CONNECTION, 1 << 20));
                List<Frame> rest = peer.untilEnd();
                assertThat(rest).extracting(Frame::text).anyMatch(text -> text.contains("later"));
                assertThat(rest)
                        .filteredOn(frame -> frame.text().contains("before"))
                        .isNotEmpty();
                assertThat(rest).extracting(Frame::type).doesNotContain(Frame.UNREGISTER);
            }
            try (RawPeer peer = server.acceptAndRegister(2)) {
                assertThat(server.client.trySend(message("next", 10))).isEqualTo(SendResult.ACCEPTED);
                assertThat(peer.next(Frame.DATA).text()).contains("next");
            }
            assertThat(server.told.lines()).noneMatch(line -> line.startsWith("undelivered"));
        }
    }

    /** The turn of such a message is asked for by a command, which the loop has yet to come to. */
    @Test
    void messagesAcceptedInTheSameTurnAreSentToo() throws IOException {
        AtomicReference<HeartbeatClient> client = new AtomicReference<>();
        ChannelListener speaking = new ChannelListener() {
            @Override
            public void onMessage(Channel channel, ByteBuffer message) {
                assertThat(client.get().trySend(message("last words", 100))).isEqualTo(SendResult.ACCEPTED);
            }
        };
        ChannelOptions inline =
                ChannelOptions.builder().delivery(Delivery.INLINE).build();
        try (ScriptedServer server =
                        new ScriptedServer(options -> options.channel("orders", inline, offered -> speaking));
                RawPeer peer = server.accept()) {
            client.set(server.client);
            peer.next();
            peer.send(ScriptedServer.registered(1, 65_536, 1), Frame.of(Frame.CHANNEL_OPEN, 2, ORDERS));
            peer.next(Frame.CHANNEL_ACCEPT);
            peer.send(Frame.data("speak").of(2), goAway(0, 1, "00000000"));
            assertThat(peer.next(Frame.DATA).text()).contains("last words");
        }
    }

    @Test
    void onTheWayOutItStillTakesMessagesAndGivesCreditForThem() throws IOException {
        try (ScriptedServer server = new ScriptedServer(options -> options.windowBytes(16_396));
                RawPeer peer = server.accept()) {
            peer.next();
            peer.send(ScriptedServer.registered(1, 16_396));
            server.client.trySend(message("waits for credit", 20_000));
            peer.next(Frame.DATA);
            peer.send(goAway(0, 1, "00000000"), Frame.data("x".repeat(10_000)));
            assertThat(peer.next(Frame.CREDIT)).isEqualTo(Frame.credit(0, 16_396 + 10_012));
            server.told.await("message of 10000");
        }
    }

    @Test
    void clientReturnsNoSoonerThanRetryAfter() throws IOException {
        try (ScriptedServer server = new ScriptedServer()) {
            long left;
            try (RawPeer peer = server.acceptAndRegister(1)) {
                peer.send(goAway(0, 5, Frame.u32(300)));
                assertThat(peer.untilEnd()).allMatch(frame -> frame.type() == Frame.HEARTBEAT_REQ);
                left = System.nanoTime();
            }
            try (RawPeer back = server.accept()) {
                assertThat(System.nanoTime() - left).isGreaterThan(250_000_000);
                assertThat(back.next().type()).isEqualTo(Frame.REGISTER);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 00000000, GO_AWAY",
        "0, 4, 00000000, TIMEOUT",
        "0, 5, 00000001, GO_AWAY",
        "0, 6, 00000000, GO_AWAY",
        // An unknown reason is treated as SHUTDOWN, an unknown scope as the connection.
        "0, 999, 00000000, GO_AWAY",
        "7, 1, 00000000, GO_AWAY"
    })
    void itComesBack(int scope, int reason, String retryAfter, String told) throws IOException {
        try (ScriptedServer server = new ScriptedServer()) {
            try (RawPeer peer = server.acceptAndRegister(1)) {
                peer.send(goAway(scope, reason, retryAfter));
                assertThat(peer.untilEnd()).allMatch(frame -> frame.type() == Frame.HEARTBEAT_REQ);
            }
            try (RawPeer back = server.accept()) {
                assertThat(back.next().type()).isEqualTo(Frame.REGISTER);
            }
            server.told.await("disconnected " + told);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, ffffffff, GO_AWAY",
        "2, ffffffff, REPLACED",
        "3, ffffffff, KICKED",
        "4, ffffffff, TIMEOUT",
        "999, ffffffff, GO_AWAY",
    })
    void neverIsForGood(int reason, String retryAfter, String told) throws IOException {
        try (ScriptedServer server = new ScriptedServer();
                RawPeer peer = server.acceptAndRegister(1)) {
            peer.send(goAway(0, reason, retryAfter));
            assertThat(peer.untilEnd()).allMatch(frame -> frame.type() == Frame.HEARTBEAT_REQ);
            peer.close();
            server.told.await("closed " + told);
            assertThat(server.client.state()).isEqualTo(ClientState.CLOSED);
        }
    }

    @Test
    void errorsOnTheWayOutDoNotChangeWhenItComesBack() throws IOException {
        try (ScriptedServer server = new ScriptedServer();
                RawPeer peer = server.accept()) {
            peer.next();
            peer.send(ScriptedServer.registered(1, 16_396));
            server.client.trySend(message("waits for credit", 20_000));
            peer.next(Frame.DATA);
            peer.send(
                    goAway(0, 1, NEVER),
                    Frame.of(Frame.ERROR, 0, ErrorCodes.error("NO_CAPACITY", "channel")),
                    Frame.credit(0, 1 << 20),
                    Frame.credit(Frame.CONNECTION, 1 << 20));
            peer.untilEnd();
            peer.close();
            server.told.await("closed GO_AWAY");
        }
    }
}
