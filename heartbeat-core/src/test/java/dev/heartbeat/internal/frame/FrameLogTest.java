package dev.heartbeat.internal.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames as lines that stand under each other. */
final class FrameLogTest {

    private static String line(boolean inbound, String hex) {
        byte[] bytes = ProtocolPage.bytes(hex);
        return FrameLog.line(inbound, ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ab020600000000000000001f | \"<< REGISTER        stream 0              31 bytes\"",
                "ab0203050000000000004000 | \"<< DATA            stream 0          16,384 bytes  MORE  HEAD\"",
                "ab0203020000000000000000 | \"<< DATA            stream 0               0 bytes  END\"",
                "ab020d00ffffffff00000008 | \"<< CREDIT          connection             8 bytes\"",
                "ab020c00fffffffe00000002 | \"<< CHANNEL_RESET   stream 4294967294      2 bytes\"",
                "ab027f80000000090000000f | \"<< type 0x7f       stream 9              15 bytes  IGNORABLE\"",
            })
    void tellsTypeStreamLengthAndFlags(String header, String line) {
        assertThat(line(true, header)).isEqualTo(line);
    }

    @Test
    void tellsTheDirection() {
        assertThat(line(false, "ab0204000000000000000000")).startsWith(">> PING ");
    }

    @Test
    void tellsNoByteOfThePayload() {
        String secret =
                "ab0206000000000000000028 0123456789abcdef 00000001 0000000000010000 0000000000010000 02 6e31 030006736563726574";
        assertThat(line(true, secret)).doesNotContain("secret", "n1");
    }
}
