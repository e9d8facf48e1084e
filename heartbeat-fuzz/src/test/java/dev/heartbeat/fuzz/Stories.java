package dev.heartbeat.fuzz;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Scripts that lead a fuzzer deep into a session; see {@link Script} for what the bytes say. */
final class Stories {

    private static final List<byte[]> OF_A_CLIENT = bytes(
            // Beats and messages, with pauses.
            "0001 01 01000010 11223344556677880000000000000000 0405 01 03000005 68656c6c6f 0406 0404",
            // A fragmented message, cut into pieces of three bytes.
            "0001 19 0305000b 0007 0600040000000a 6162 01 03000008 6364656667686970",
            // A single frame that announces more than it has.
            "0001 01 0304000c 0007 060004000000ff 616263",
            // A long message in full fragments, and its connection lost half way.
            "0001 03 0305 09 00070600040000ffff 3ff0 03 0301 00 4000 050600",
            // A flood of empty messages, of pings, of frames of no known handle.
            "0001 01 03000000 07ff 07ff 07ff",
            "0000 01 04000040 07ff 07ff 07ff",
            "0001 01 07000300 07ff",
            // Empty messages that say so, while the application is slow.
            "0001 0509ff 01 03040009 0007060004 00000000" + "07ff".repeat(32),
            // Two connections of one process, then of two.
            "0001 0507 00 0600 0405 0507 00 0610 0406",
            "0003 050700 0604 0405 050800 01 0400 0000 0406",
            // A peer that takes nothing, while the server has much to say.
            "0401 050300 0501ff 0501ff 01 04000040 07ff 07ff 0409 050400 0409",
            // Kicked; gone silent; said goodbye.
            "0001 050200 0404",
            "0001 0409 0409",
            "0001 01 07000000 0404",
            // A gateway: beats for all, messages and an update of another, which leaves, is kicked,
            // is lost, or falls silent.
            "0001 0622 01 01000013 11223344556677880000000000000000 010000 0409"
                    + "01 0304000e 00070100040000000168656c6c6f 01 0f000106 010003016b76 01 07000100 0404",
            "0001 0622 0623 0220 050200 0404 01 0304000e 00070100040000000168656c6c6f",
            "0001 0622 0626 062e 0509ff 01 0304000e 00070100040000000168656c6c6f 050600 0409",
            "0001 0622 01 0305000f 000e010004000000010600040000000a 6162 01 07000100 01 03000008 6364656667686970",
            "0001 0622 0409 01 01000110 11223344556677880000000000000000 0409",
            "0003 0622 050700 0600 0636 0404 050800 01 01000013 11223344556677880000000000000000 010000 0406",
            "0001" + "0622 01 07000100".repeat(20),
            // Channels: opened, talked on, asked on, ended, reset, refused; of no good name; too
            // many; in no order.
            "0001 01 0a00010b 000000000000400c 1001 61 0404 01 03000105 68656c6c6f 0404 01 03020100 0405",
            "0001 01 0a00010b 000000000000400c 1001 69 0404 01 03000105 68656c6c6f 01 03020100 0405",
            "0001 01 0a00010b 000000000000400c 1001 70 0404 01 03000105 68656c6c6f 0405 01 0c000102 002c 0405",
            "0001 01 0a00010b 000000000000400c 1001 61 0404"
                    + "01 03040116 0011 020001 01 030008 0000000000000007 616263 0405 0409",
            "0001 01 0a00010b 000000000000400c 1001 72 0404 01 0a00030b 000000000000400c 1001 20 0404",
            "0001 01 0a00010b 000000000000400c 1001 61 0706 0404 01 0d000108 0000000000010000 07ff",
            "0001 01 0a00010b 000000000000400c 1001 61 0404 01 03010105 68656c6c6f 0405",
            "0001 01 0a00010b 000000000000400c 1001 61 0404 01 03020105 68656c6c6f 01 03000105 68656c6c6f 0405",
            "0001 01 0a00030b 000000000000400c 1001 61 01 0a00010b 000000000000400c 1001 61 0405",
            "0001 01 0a00010b 000000000000400c 1001 61 0404 03 0305 09 00070600040000ffff 3ff0 0600 0409",
            // Claims of epochs.
            "0000 0640 0404 0507 00 0680 0404 0507 00 06c0 0404");

    private static final List<byte[]> OF_A_SERVER = bytes(
            "0001 01 02000010 00000000000000000000000000000000 0405 01 03000005 68656c6c6f 0406 0404",
            "0001 050002 0405 01 0d000008 0000000000100000 01 0d00ff08 0000000000100000 0405",
            "0001 19 0305000b 0007 0600040000000a 6162 01 03000008 6364656667686970",
            "0001 01 0304000c 0007 060004000000ff 616263",
            "0001 01 0e000007 00 0001 00000100 0406 0406",
            "0001 01 0e000007 00 0002 ffffffff 0406",
            "0001 01 08000003 00 0001 0406 0600 0405",
            "0000 01 08000003 01 0015 0406",
            "0000 01 08000003 01 0019 0406 0601 0405",
            "0001 0409 0409 0601 0409",
            "0005 050110 0501ff 050300 0501ff 0409 050400 0406",
            "0001 050600 0406 0600 050500 0406 0600",
            "0000 0640 0408 0408",
            // Channels of the server; the registration above offers none of the client's.
            "0001 01 0a00020b 000000000000400c 1001 61 0404 01 03000205 68656c6c6f 0404 01 03020200 0405",
            "0001 01 0a00020b 000000000000400c 1001 70 0404 01 03000205 68656c6c6f 0409 0600 0405",
            "0001 01 0a00020b 000000000000400c 1001 69 0706 0404 01 0c000202 002c 0405",
            // Errors, answers to no heartbeat, and messages, while the application is slow.
            "0001 0502ff 01 08000003 01001a" + "07ff".repeat(16),
            "0001 0502ff 01 02000010 00000000000000000000000000000000" + "07ff".repeat(16),
            "0001 0502ff 01 03040009 0007060004 00000000" + "07ff".repeat(16));

    /** No choice of the world but whether the peer is registered. */
    private static final byte[] UNREGISTERED = {0, 0};

    private static final byte[] REGISTERED = {0, 1};

    private Stories() {}

    /** Whatever the protocol's page shows, and what leads on from there. */
    static Stream<byte[]> ofAClient() {
        return Stream.concat(OF_A_CLIENT.stream(), ofThePage());
    }

    static Stream<byte[]> ofAServer() {
        return Stream.concat(OF_A_SERVER.stream(), ofThePage());
    }

    private static Stream<byte[]> ofThePage() {
        return ProtocolPage.examples().stream()
                .flatMap(bytes -> Stream.of(Script.sending(UNREGISTERED, bytes), Script.sending(REGISTERED, bytes)));
    }

    private static List<byte[]> bytes(String... scripts) {
        return Stream.of(scripts)
                .map(script -> HexFormat.of().parseHex(script.replace(" ", "")))
                .toList();
    }
}
