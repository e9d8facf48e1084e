package dev.heartbeat.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.internal.admission.ProxyHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Headers of the PROXY protocol: any division of the same bytes gives the same address or fault, at
 * the same place, within the bound.
 */
final class ProxyHeaderFuzzTest {
    private static final int RANDOM_CHANGES = 200;
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    static Stream<byte[]> seeds() {
        return Stream.concat(
                Stream.of(
                                "PROXY TCP4 192.0.2.7 10.0.0.1 55555 9501\r\nrest",
                                "PROXY TCP6 2001:db8::7 ::1 80 9501\r\nrest",
                                "PROXY TCP6 ::ffff:192.0.2.7 ::1 80 9501\r\n",
                                "PROXY UNKNOWN and more\r\nrest",
                                "PROXY TCP4 \r\n")
                        .map(line -> line.getBytes(ISO_8859_1)),
                Stream.of(
                                "2111000cc00002070a000001d903251daabb",
                                "21210024" + "20".repeat(36) + "aabb",
                                "2111000fc00002070a000001d903251d040000aabb",
                                "20000000aabb",
                                "213100d8" + "00".repeat(216) + "aabb")
                        .map(block -> HexFormat.of().parseHex(SIGNATURE + block)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyDivisionGivesTheSame(byte[] seed) {
        fuzzerTestOneInput(seed);
        Random random = new Random(seed.length);
        for (int i = 0; i < RANDOM_CHANGES; i++) {
            byte[] changed = Arrays.copyOf(seed, 1 + random.nextInt(seed.length));
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            fuzzerTestOneInput(changed);
        }
    }

    /** Jazzer finds it by this name. */
    public static void fuzzerTestOneInput(byte[] input) {
        String whole = read(input, input.length);
        assertThat(read(input, 1)).isEqualTo(whole);
        assertThat(read(input, 7)).isEqualTo(whole);
    }

    private static String read(byte[] input, int pieces) {
        ProxyHeader header = new ProxyHeader();
        int from = 0;
        try {
            while (from < input.length) {
                int to = Math.min(input.length, from + pieces);
                ByteBuffer piece = ByteBuffer.wrap(input, from, to - from).asReadOnlyBuffer();
                if (header.read(piece)) {
                    int end = piece.position();
                    assertThat(end).isLessThanOrEqualTo(ProxyHeader.MAX_BYTES);
                    return header.client() + " up to " + end;
                }
                assertThat(piece.hasRemaining()).isFalse();
                from = to;
            }
            assertThat(from).isLessThanOrEqualTo(ProxyHeader.MAX_BYTES);
            return "incomplete";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
