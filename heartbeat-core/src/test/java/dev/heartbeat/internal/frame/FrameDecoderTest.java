package dev.heartbeat.internal.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The decoder's verdicts on wrong bytes, and on right ones that are cut. Tests on sockets show the
 * server's answers to them.
 */
@Tag("M6")
final class FrameDecoderTest {

    private static byte[] header(int version, int type, int flags, long length) {
        return ByteBuffer.allocate(FrameHeader.SIZE)
                .put((byte) FrameHeader.MAGIC)
                .put((byte) version)
                .put((byte) type)
                .put((byte) flags)
                .putInt(0)
                .putInt((int) length)
                .array();
    }

    @Test
    @Tag("M1")
    void everyOtherFirstByteIsForeign() {
        for (int magic = 0; magic < 256; magic++) {
            if (magic != FrameHeader.MAGIC) {
                assertThat(Heard.of(new byte[] {(byte) magic})).containsExactly("FOREIGN");
            }
        }
    }

    @Test
    @Tag("M2")
    void everyOtherVersionIsRefusedButForErrors() {
        for (int version = 0; version < 256; version++) {
            for (int type = 0; type < 256; type++) {
                List<String> heard = Heard.of(Arrays.copyOf(header(version, type, 0x80, 0), 3));
                boolean read = version == FrameHeader.VERSION || type == FrameType.ERROR.code();
                assertThat(heard).isEqualTo(read ? List.of() : List.of("UNSUPPORTED_VERSION"));
            }
        }
    }

    @Test
    @Tag("M3")
    @Tag("M4")
    void everyTypeWithEveryFlagIsKnownSkippedOrRefused() {
        for (int code = 0; code < 256; code++) {
            FrameType type = FrameType.of(code);
            for (int flags = 0; flags < 256; flags++) {
                List<String> heard = Heard.of(Arrays.copyOf(header(2, code, flags, 0), 4));
                int foreignFlags = type == FrameType.DATA ? 0x78 : 0x7F;
                boolean ignorable = (flags & 0x80) != 0;
                List<String> expected = type == null && !ignorable
                        ? List.of("UNKNOWN_TYPE")
                        : type != null && (flags & foreignFlags) != 0 ? List.of("BAD_FLAGS") : List.of();
                assertThat(heard).as("type %d flags %d", code, flags).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x01, 4096", "0x02, 4096", "0x03, 16384", "0x04, 64", "0x05, 64", "0x06, 16384", "0x07, 4096", "0x08, 4096",
        "0x09, 4096", "0x0A, 4096", "0x0B, 4096", "0x0C, 4096", "0x0D, 8", "0x0E, 4096", "0x0F, 16384", "0x10, 4096",
        "0xFF, 4096"
    })
    @Tag("M5")
    void aLengthIsJudgedByTheHeaderAlone(String type, int longest) {
        int code = Integer.decode(type);
        for (long length : new long[] {longest + 1, 1 << 20, 0x7FFF_FFFFL, 0x8000_0000L, 0xFFFF_FFFFL}) {
            byte[] header = header(2, code, 0x80, length);
            assertThat(Heard.of(header)).containsExactly("FRAME_TOO_LARGE");
            assertThat(Heard.of(Arrays.copyOf(header, FrameHeader.SIZE - 1))).isEmpty();
        }
        assertThat(Heard.of(header(2, code, 0x80, longest))).isEmpty();
    }

    /** Frames that only a server sends. */
    @ParameterizedTest
    @CsvSource({
        "registered-short, ab0209000000000000000033 00*51",
        "registered-interval-0, ab0209000000000000000034 00*8 00000000 000061a8 00007530 00*16 0000000000010000 0000000000010000",
        "registered-suspect-not-after-interval, ab0209000000000000000034 00*8 00002710 00002710 00007530 00*16 0000000000010000 0000000000010000",
        "registered-timeout-before-suspect, ab0209000000000000000034 00*8 00002710 000061a8 000061a7 00*16 0000000000010000 0000000000010000",
        "registered-credit-16395, ab0209000000000000000034 00*8 00002710 000061a8 000061a8 00*16 000000000000400b 0000000000010000",
        "registered-channel-credit-16395, ab0209000000000000000034 00*8 00002710 000061a8 000061a8 00*16 0000000000010000 000000000000400b",
        "registered-credit-2-63, ab0209000000000000000034 00*8 00002710 000061a8 000061a8 00*16 8000000000000000 0000000000010000",
        "registered-ack-every-0, ab0209000000000000000039 00*8 00002710 000061a8 000061a8 00*16 0000000000010000 0000000000010000 8100020000",
        "registered-ack-every-short, ab0209000000000000000038 00*8 00002710 000061a8 000061a8 00*16 0000000000010000 0000000000010000 81000101",
        "registered-ack-every-twice, ab020900000000000000003e 00*8 00002710 000061a8 000061a8 00*16 0000000000010000 0000000000010000 8100020001 8100020001",
        "registered-capabilities-short, ab0209000000000000000039 00*8 00002710 000061a8 000061a8 00*16 0000000000010000 0000000000010000 8600020000",
        "registered-critical-tlv, ab0209000000000000000037 00*8 00002710 000061a8 000061a8 00*16 0000000000010000 0000000000010000 010000",
        "heartbeat-res-short, ab020200000000000000000f 00*15",
        "heartbeat-res-critical-tlv, ab0202000000000000000013 00*16 010000",
        "go-away-short, ab020e000000000000000006 00*6",
        "go-away-critical-tlv, ab020e00000000000000000a 00*7 010000",
        "go-away-text-twice, ab020e00000000000000000d 00*7 810000 810000",
        "go-away-text-513, ab020e00000000000000020b 00*7 810201 61*513",
    })
    @Tag("M11")
    @Tag("M14")
    @Tag("M15")
    @Tag("M26")
    @Tag("M46")
    void forbiddenHeadOfAServerIsMalformed(String name, String frame) {
        assertThat(Heard.of(ProtocolPage.bytes(frame))).as(name).containsExactly("MALFORMED");
    }

    @ParameterizedTest
    @CsvSource({
        "register, ab0206000000000000000031 00*7 01 00000001 0000000000010000 0000000000010000 02 6e31 850000 850000 ff0000 ff0000 80000179",
        "heartbeat-res, ab020200000000000000001e 00*16 83000400000001 83000400000001",
        "unregister, ab0207000000000000000006 800000 800000",
        "go-away, ab020e00000000000000000d 00*7 ff0000 ff0000",
        "head, ab0203040000000000000008 0006 ff0000 ff0000",
    })
    @Tag("M14")
    void ignorableTlvsAreIgnoredHoweverOften(String name, String frame) {
        byte[] bytes = ProtocolPage.bytes(frame);
        ByteBuffer.wrap(bytes).putInt(8, bytes.length - FrameHeader.SIZE);
        assertThat(Heard.of(bytes)).as(name).singleElement().asString().doesNotContain("MALFORMED");
    }

    /**
     * The same calls and the same error, for everything that stands in the page, for garbled
     * versions of it, and for several in a row.
     */
    @Test
    void anyDivisionOfTheSameBytesIsTreatedAlike() {
        List<byte[]> originals = new ArrayList<>(ProtocolPage.vectors().values());
        originals.addAll(ProtocolPage.faults().values());
        Random random = new Random(1);
        for (int round = 0; round < 5_000; round++) {
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            for (int i = random.nextInt(4); i >= 0; i--) {
                frames.writeBytes(garbled(originals.get(random.nextInt(originals.size())), random));
            }
            byte[] bytes = frames.toByteArray();
            if (bytes.length > 2_000) {
                continue; // Once each is enough here.
            }
            List<String> whole = Heard.of(bytes);
            String as = HexFormat.of().formatHex(bytes);
            assertThat(Heard.byteByByte(bytes)).as(as).isEqualTo(whole);
            assertThat(Heard.inRandomPieces(bytes, random)).as(as).isEqualTo(whole);
        }
        for (byte[] bytes : originals) {
            assertThat(Heard.byteByByte(bytes)).isEqualTo(Heard.of(bytes));
        }
    }

    private static byte[] garbled(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int i = random.nextInt(3); i > 0; i--) {
            // The magic is left alone more often than not: behind it is more to find.
            bytes[random.nextInt(bytes.length)] =
                    (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(8));
        }
        bytes[0] = original[0];
        return random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }

    @Test
    void manyFramesAreReadInOneGo() {
        byte[] ping = ProtocolPage.vectors().get("ping");
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = 0; i < 5000; i++) {
            many.writeBytes(ping);
        }
        assertThat(Heard.of(many.toByteArray())).hasSize(5000).containsOnly("ping 61726520796f75207468657265");
        assertThat(Heard.first(3, many.toByteArray())).hasSize(3);
    }

    @Test
    @Tag("M8")
    void nothingBehindAFaultIsRead() {
        Map<String, byte[]> vectors = ProtocolPage.vectors();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(vectors.get("ping-empty"));
        bytes.writeBytes(ProtocolPage.bytes("ab0205000000000100000000"));
        bytes.writeBytes(vectors.get("ping-empty"));
        assertThat(Heard.of(bytes.toByteArray())).containsExactly("ping", "MALFORMED");
    }
}
