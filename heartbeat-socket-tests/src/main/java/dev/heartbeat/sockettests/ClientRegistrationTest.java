package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientState;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.SendResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client's registration, and its reaction to each answer. */
final class ClientRegistrationTest {

    /** A client's description of itself in REGISTER. */
    private record Claim(long incarnation, int attempt, String id, String tlvs) {
        /** Its own limits, which are the same each time, apart. */
        static Claim of(Frame register) {
            assertThat(register.type()).isEqualTo(Frame.REGISTER);
            assertThat(register.stream()).isZero();
            ByteBuffer payload = register.reader();
            long incarnation = payload.getLong();
            int attempt = payload.getInt();
            byte[] id = new byte[payload.position(28).get()];
            payload.get(id);
            return new Claim(
                    incarnation,
                    attempt,
                    new String(id, StandardCharsets.US_ASCII),
                    register.payload().substring(2 * payload.position()).replaceFirst("880008[0-9a-f]{16}", ""));
        }
    }

    private static String lastEpoch(long epoch) {
        return "040008" + Frame.u64(epoch);
    }

    @Test
    @Tag("M16")
    void nothingButPongsIsSentUntilTheAnswer() throws IOException {
        try (ScriptedServer server = new ScriptedServer();
                RawPeer peer = server.accept()) {
            Claim.of(peer.next());
            assertThat(server.client.trySend(ByteBuffer.wrap(new byte[5]))).isEqualTo(SendResult.ACCEPTED);
            for (int i = 0; i < 20; i++) {
                peer.send(Frame.ping("early"));
                assertThat(peer.next()).isEqualTo(Frame.pong("early"));
            }
            peer.send(ScriptedServer.registered(1));
            assertThat(peer.next()).isEqualTo(Frame.of(Frame.DATA, 0, "0000000000"));
        }
    }

    @Test
    @Tag("M24")
    @Tag("M25")
    void identityStaysAndTheAttemptGrows() throws IOException {
        try (ScriptedServer server = new ScriptedServer()) {
            Claim first;
            try (RawPeer peer = server.accept()) {
                first = Claim.of(peer.next());
                peer.send(ScriptedServer.registered(77));
                server.told.await("registered");
            }
            assertThat(first.incarnation).isNotZero();
            assertThat(first).isEqualTo(new Claim(first.incarnation, 1, "n1", ""));
            // An attempt that is not answered counts too, and what was given before is still shown.
            for (int attempt = 2; attempt <= 4; attempt++) {
                try (RawPeer peer = server.accept()) {
                    assertThat(Claim.of(peer.next()))
                            .isEqualTo(new Claim(first.incarnation, attempt, "n1", lastEpoch(77)));
                }
            }
            try (RawPeer peer = server.accept()) {
                assertThat(Claim.of(peer.next()).attempt).isEqualTo(5);
                peer.send(ScriptedServer.registered(99));
                server.told.await(lines -> lines.lastIndexOf("registered") > lines.indexOf("registered"), "again");
            }
            try (RawPeer peer = server.accept()) {
                assertThat(Claim.of(peer.next())).isEqualTo(new Claim(first.incarnation, 6, "n1", lastEpoch(99)));
            }
        }
    }

    @Test
    @Tag("M25")
    void anotherProcessIsAnotherIncarnation() throws IOException {
        try (ScriptedServer one = new ScriptedServer();
                RawPeer toOne = one.accept();
                ScriptedServer two = new ScriptedServer();
                RawPeer toTwo = two.accept()) {
            assertThat(Claim.of(toOne.next()).incarnation).isNotEqualTo(Claim.of(toTwo.next()).incarnation);
        }
    }

    @Test
    @Tag("M17")
    void withoutAnAnswerItClosesAndTriesAgain() throws IOException {
        try (ScriptedServer server = new ScriptedServer(options -> options.handshakeTimeout(Duration.ofMillis(100)))) {
            for (int attempt = 1; attempt <= 3; attempt++) {
                try (RawPeer peer = server.accept()) {
                    assertThat(Claim.of(peer.next()).attempt).isEqualTo(attempt);
                    assertThat(peer.endsWithoutAByte()).isTrue();
                }
            }
            server.told.await("disconnected HANDSHAKE_TIMEOUT");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_NODE_ID, REFUSED, INVALID_NODE_ID",
        "INVALID_METADATA, REFUSED, INVALID_METADATA",
        "UNAUTHORIZED, REFUSED, UNAUTHORIZED",
        "FORBIDDEN, REFUSED, FORBIDDEN",
        "UNSUPPORTED, REFUSED, UNSUPPORTED",
        "REPLACED, REPLACED, REPLACED"
    })
    void refusalForGoodIsTheEnd(String code, String reason, FailureCode failure) throws IOException {
        try (ScriptedServer server = new ScriptedServer();
                RawPeer peer = server.accept()) {
            peer.next();
            peer.send(Frame.of(Frame.ERROR, 0, ErrorCodes.error(code, "node")));
            assertThat(peer.untilEnd()).isEmpty();
            peer.close();
            server.told.await("closed " + reason);
            assertThat(server.client.state()).isEqualTo(ClientState.CLOSED);
            assertThat(server.told.lines())
                    .containsExactly(
                            "connected",
                            "error the server reports " + code + ": ",
                            "disconnected " + reason + " for good",
                            "closed " + reason);
            assertThat(server.told.codes()).containsExactly(failure);
            assertThat(failure.isRetryable()).isFalse();
            assertThat(server.client.registered())
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(HeartbeatException.class)
                    .satisfies(thrown -> assertThat(((HeartbeatException) thrown.getCause()).code())
                            .isEqualTo(failure));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NODE_ID_IN_USE, NODE_ID_IN_USE",
        "NODE_CAPACITY, NODE_CAPACITY",
        "STALE_ATTEMPT, STALE_REGISTRATION",
        "EPOCH_REFUSED, STALE_REGISTRATION"
    })
    void refusalForNowIsTriedAgain(String code, FailureCode failure) throws IOException {
        try (ScriptedServer server = new ScriptedServer()) {
            try (RawPeer peer = server.acceptAndRegister(77)) {
                server.told.await("registered");
            }
            try (RawPeer peer = server.accept()) {
                assertThat(Claim.of(peer.next()).tlvs).isEqualTo(lastEpoch(77));
                peer.send(Frame.of(Frame.ERROR, 0, ErrorCodes.error(code, "node")));
                assertThat(peer.untilEnd()).isEmpty();
            }
            try (RawPeer peer = server.accept()) {
                assertThat(Claim.of(peer.next()).tlvs).isEqualTo(code.equals("EPOCH_REFUSED") ? "" : lastEpoch(77));
            }
            server.told.await("error the server reports " + code + ": ");
            assertThat(server.told.codes()).containsExactly(failure);
            assertThat(failure.isRetryable()).isTrue();
        }
    }

    @Test
    @Tag("M47")
    void refusalThatIsUnknownIsTriedAgain() throws IOException {
        try (ScriptedServer server = new ScriptedServer()) {
            try (RawPeer peer = server.accept()) {
                peer.next();
                // TLV 0x7f is unknown too.
                peer.send(Frame.of(Frame.ERROR, 0, "01" + Frame.u16(9999) + "7f0001" + "00"));
                assertThat(peer.untilEnd()).isEmpty();
            }
            try (RawPeer peer = server.accept()) {
                assertThat(Claim.of(peer.next()).attempt).isEqualTo(2);
            }
            server.told.await("error the server reports code 9999: ");
        }
    }

    @Test
    @Tag("M26")
    void longestMessageIsTheServersInBothDirections() throws IOException {
        try (ScriptedServer server = new ScriptedServer(options -> options.maxMessageBytes(5000));
                RawPeer peer = server.accept()) {
            peer.next();
            String usual = ScriptedServer.registered(1).payload();
            // The longest message follows the epoch and four times.
            int at = 2 * (8 + 4 * 4);
            peer.send(
                    Frame.of(Frame.REGISTERED, 0, usual.substring(0, at) + Frame.u32(1000) + usual.substring(at + 8)));
            server.told.await("registered");
            assertThat(server.client.trySend(ByteBuffer.allocate(1001))).isEqualTo(SendResult.TOO_LARGE);
            assertThat(server.client.trySend(ByteBuffer.allocate(1000))).isEqualTo(SendResult.ACCEPTED);
            assertThat(peer.next(Frame.DATA).size()).isEqualTo(1012);
            peer.send(Frame.of(Frame.DATA, 0, "00".repeat(1001)));
            assertThat(ErrorCodes.of(peer.next(Frame.ERROR))).isEqualTo("MESSAGE_TOO_LARGE channel");
            peer.send(Frame.of(Frame.DATA, 0, "00".repeat(1000)));
            server.told.await("message of 1000");
        }
    }
}
