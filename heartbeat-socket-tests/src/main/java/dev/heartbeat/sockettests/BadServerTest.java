package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientState;
import dev.heartbeat.FailureCode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client's answers to a server's faults, whole and byte by byte: the same as a server's to a
 * client's. {@code new} means that its REGISTER was not answered yet. Its first limits are 16,396,
 * its longest message 1,024, and its application takes none.
 */
@Tag("M6")
final class BadServerTest {
    private static final String FAULTS = """
            foreign                     new        M1  00 → close without a byte
            foreign-later               registered M1  00 → close without a byte
            version                     new        M2  ab0109 → UNSUPPORTED_VERSION connection
            type                        registered M3  ab021000 → UNKNOWN_TYPE connection
            type-ignorable              registered M3  ab0210800000000000000001 00 → ignored
            flags                       new        M4  ab020901 → BAD_FLAGS connection
            length                      new        M5  ab02090000000000ffffffff → FRAME_TOO_LARGE connection
            direction-register          new        M10 ab0206000000000000000000 → UNEXPECTED_FRAME connection
            direction-heartbeat         registered M10 ab0201000000000000000000 → UNEXPECTED_FRAME connection
            direction-unregister        registered M10 ab0207000000000000000000 → UNEXPECTED_FRAME connection
            direction-update            registered M10 ab020f000000000000000000 → UNEXPECTED_FRAME connection
            early-heartbeat             new        M16 ab0202000000000000000010 00*16 → UNEXPECTED_FRAME connection
            early-data                  new        M16 ab0203000000000000000000 → UNEXPECTED_FRAME connection
            early-credit                new        M16 ab020d000000000000000008 00*8 → UNEXPECTED_FRAME connection
            early-channel-open          new        M16 ab020a000000000200000000 → UNEXPECTED_FRAME connection
            early-channel-accept        new        M16 ab020b000000000200000000 → UNEXPECTED_FRAME connection
            early-channel-reset         new        M16 ab020c000000000200000000 → UNEXPECTED_FRAME connection
            early-pong                  new        M16 ab0205000000000000000000 → ignored
            registered-handle-1         new        M16 ab0209000000000100000034 00*8 00002710 000061a8 00007530 00*16 0000000000010000 0000000000010000 → UNEXPECTED_FRAME connection
            registered-again            registered M16 ab0209000000000000000034 00*8 00002710 000061a8 00007530 00*16 0000000000010000 0000000000010000 → UNEXPECTED_FRAME connection
            registered-short            new        M11 ab0209000000000000000033 00*51 → MALFORMED connection
            registered-interval-0       new        M26 ab0209000000000000000034 00*8 00000000 000061a8 00007530 00*16 0000000000010000 0000000000010000 → MALFORMED connection
            registered-suspect-early    new        M26 ab0209000000000000000034 00*8 00002710 00002710 00007530 00*16 0000000000010000 0000000000010000 → MALFORMED connection
            registered-timeout-early    new        M26 ab0209000000000000000034 00*8 00002710 000061a8 000061a7 00*16 0000000000010000 0000000000010000 → MALFORMED connection
            registered-ack-every-0      new        M26 ab0209000000000000000039 00*8 00002710 000061a8 00007530 00*16 0000000000010000 0000000000010000 8100020000 → MALFORMED connection
            registered-credit-16395     new        M46 ab0209000000000000000034 00*8 00002710 000061a8 00007530 00*16 000000000000400b 0000000000010000 → MALFORMED connection
            registered-credit-unbounded new        M46 ab0209000000000000000034 00*8 00002710 000061a8 00007530 00*16 0000000000010000 8000000000000000 → MALFORMED connection
            heartbeat-short             registered M11 ab020200000000000000000f 00*15 → MALFORMED connection
            position-beyond             registered M32 ab0202000000000000000010 00*15 01 → MALFORMED connection
            re-tuning                   registered M14 ab020200000000000000001e 00*16 83000400000001 84000400000001 → ignored
            fragment-without-total      registered M35 ab0203010000000000000003 616263 → MALFORMED connection
            fragments-beyond-total      registered M35 ab020305000000000000000c 000706000400000005616263 ab0203000000000000000003 646566 → MALFORMED connection
            message-1025                registered M36 ab0203000000000000000401 61*1025 → MESSAGE_TOO_LARGE channel
            data-unknown-channel        registered M37 ab0203000000000500000005 68656c6c6f → UNKNOWN_CHANNEL reset
            credit-unknown-channel      registered M37 ab020d000000000500000008 00*8 → UNKNOWN_CHANNEL reset
            channel-0-open              registered M38 ab020a00000000000000000e 0000000000010000 10046c6f6773 → UNEXPECTED_FRAME connection
            channel-0-accept            registered M38 ab020b000000000000000008 0000000000010000 → UNEXPECTED_FRAME connection
            channel-0-reset             registered M38 ab020c000000000000000002 0028 → UNEXPECTED_FRAME connection
            channel-0-end               registered M38 ab0203020000000000000000 → UNEXPECTED_FRAME connection
            credit-exceeded             registered M40 ab0203000000000000000000*1366 ab0203000000000000000000 → CREDIT_EXCEEDED connection
            credit-lower                registered M41 ab020d000000000000000008 00*8 → ignored
            credit-beyond-bounds        registered M41 ab020d000000000000000008 8000000000000000 → MALFORMED connection
            error-unknown-code          registered M47 ab0208000000000000000006 01 270f 7f0000 → ignored
            error-of-connection         new        M8  ab0208000000000000000003 00 000b → close without a byte
            error-of-connection-later   registered M8  ab0208000000000000000003 00 000b → close without a byte
            error-of-another-version    registered M2  ab0308000000000000000003 00 0002 → close without a byte
            error-empty                 registered M51 ab0208000000000000000000 → close without a byte
            error-unknown-scope         registered M51 ab0208000000000000000003 03 000b → close without a byte
            go-away-short               registered M11 ab020e000000000000000006 00*6 → MALFORMED connection
            go-away-of-a-node           registered M53 ab020e000000000500000007 01 0001 00000000 → ignored
            go-away-of-a-channel        registered M53 ab020e000000000500000007 02 0001 00000000 → ignored
            channel-open                registered M54 ab020a00000000020000000e 0000000000010000 10046c6f6773 → TOO_MANY_CHANNELS reset
            channel-accept              registered M37 ab020b000000000100000008 0000000000010000 → UNKNOWN_CHANNEL reset
            channel-reset               registered M69 ab020c000000000100000002 0028 → ignored
            message-of-handle-1         registered M65 ab020304000000000000000e 00070100040000000168656c6c6f → UNKNOWN_HANDLE node
            message-with-kind           registered M56 ab020304000000000000000b 00040200010168656c6c6f → MALFORMED connection
            message-for-another         registered M75 ab020304000000000000000c 00050500026e3268656c6c6f → UNEXPECTED_FRAME connection
            """;

    private static final Semaphore applicationMayTake = new Semaphore(0);

    private static ScriptedServer server;
    private static long epoch;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer(options -> options.windowBytes(16_396)
                .maxMessageBytes(1024)
                .onMessage(message -> applicationMayTake.acquireUninterruptibly()));
    }

    @AfterAll
    static void clientWouldComeBackOnceMore() throws IOException {
        applicationMayTake.release(1_000_000);
        try (RawPeer peer = server.acceptAndRegister(++epoch)) {
            answers(peer);
            assertThat(server.client.state()).isEqualTo(ClientState.ONLINE);
        }
        server.close();
        List<FailureCode> expected =
                server.told.of("error").stream().map(BadServerTest::codeOf).toList();
        assertThat(server.told.codes()).isNotEmpty().isEqualTo(expected);
    }

    /**
     * The code by which the application hears of an error of the protocol, whichever side reported
     * it.
     */
    private static FailureCode codeOf(String text) {
        String error = text.replaceFirst("^the server (broke the protocol: |reports )", "")
                .replaceFirst(":.*", "");
        return switch (error) {
            case "UNSUPPORTED_VERSION", "MESSAGE_TOO_LARGE", "TOO_MANY_CHANNELS" -> FailureCode.valueOf(error);
            case "UNKNOWN_CHANNEL" -> FailureCode.CHANNEL_CLOSED;
            case "INTERNAL" -> FailureCode.PEER_FAILED;
            default -> error.startsWith("code ") ? FailureCode.UNKNOWN : FailureCode.PROTOCOL_ERROR;
        };
    }

    static Stream<Fault> faults() {
        return Fault.parse(FAULTS).stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void whole(Fault fault) throws IOException {
        try (RawPeer peer = server.accept()) {
            begin(fault, peer);
            peer.send(fault.bytes());
            check(fault, peer);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void byteByByte(Fault fault) throws IOException {
        try (RawPeer peer = server.accept()) {
            begin(fault, peer);
            peer.sendOneByOne(fault.bytes());
            check(fault, peer);
        }
    }

    private static void begin(Fault fault, RawPeer peer) throws IOException {
        assertThat(peer.next().type()).isEqualTo(Frame.REGISTER);
        if (fault.registered()) {
            peer.send(ScriptedServer.registered(++epoch));
        }
    }

    private static void check(Fault fault, RawPeer peer) throws IOException {
        if (fault.closesWithoutAByte()) {
            assertThat(peer.endsWithoutAByte()).isTrue();
        } else if (fault.isIgnored()) {
            assertThat(answers(peer)).isEmpty();
        } else if (fault.scope().equals("reset")) {
            List<Frame> answers = answers(peer);
            assertThat(answers).hasSize(1);
            answers.get(0).isReset(fault.streamOfAnswer(), ErrorCodes.number(fault.code()));
        } else {
            boolean last = fault.scope().equals("connection");
            List<Frame> answers = withoutCredit(last ? peer.untilEnd() : answers(peer));
            assertThat(answers).extracting(ErrorCodes::of).containsExactly(fault.outcome());
        }
    }

    private static List<Frame> answers(RawPeer peer) throws IOException {
        peer.send(Frame.ping("still there?"));
        List<Frame> answers = peer.until(Frame.PONG);
        assertThat(answers.remove(answers.size() - 1)).isEqualTo(Frame.pong("still there?"));
        return withoutCredit(answers);
    }

    private static List<Frame> withoutCredit(List<Frame> frames) {
        return frames.stream()
                .filter(frame -> frame.type() != Frame.CREDIT && frame.type() != Frame.HEARTBEAT_REQ)
                .toList();
    }
}
