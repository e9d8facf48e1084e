package dev.heartbeat.internal.admission;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String IPV4 = "c0000207 0a000001 d903 251d";
    private static final String IPV6 = "20010db8000000000000000000000007 20010db8000000000000000000000001 0050 251d";

    private static byte[] block(String hex) {
        return HexFormat.of().parseHex((SIGNATURE + hex).replace(" ", ""));
    }

    private static byte[] line(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of(line("PROXY TCP4 192.0.2.7 10.0.0.1 55555 9501\r\n"), "/192.0.2.7:55555"),
                Arguments.of(
                        line("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"), "/255.255.255.255:65535"),
                Arguments.of(line("PROXY TCP6 2001:db8::7 2001:db8::1 80 9501\r\n"), "/[2001:db8:0:0:0:0:0:7]:80"),
                Arguments.of(
                        line(
                                "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
                                        + " 65535 65535\r\n"),
                        "/[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"),
                Arguments.of(line("PROXY TCP6 ::ffff:192.0.2.7 ::1 80 9501\r\n"), "/192.0.2.7:80"),
                Arguments.of(line("PROXY UNKNOWN\r\n"), "null"),
                Arguments.of(line("PROXY UNKNOWN " + "f".repeat(91) + "\r\n"), "null"),
                Arguments.of(block("21 11 000c" + IPV4), "/192.0.2.7:55555"),
                Arguments.of(block("21 21 0024" + IPV6), "/[2001:db8:0:0:0:0:0:7]:80"),
                Arguments.of(block("21 11 0013" + IPV4 + "04 0004 01020304"), "/192.0.2.7:55555"),
                Arguments.of(
                        block("21 21 0024 00000000000000000000ffffc0000207 00000000000000000000000000000001 0050 251d"),
                        "/192.0.2.7:80"),
                Arguments.of(block("20 00 0000"), "null"),
                Arguments.of(block("20 11 000c" + IPV4), "null"),
                Arguments.of(block("21 00 0000"), "null"),
                Arguments.of(block("21 00 0003 010203"), "null"),
                Arguments.of(block("21 31 00d8" + "00".repeat(216)), "null"),
                Arguments.of(block("21 11 0ff0" + IPV4 + "00".repeat(0xff0 - 12)), "/192.0.2.7:55555"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void headerIsReadHoweverItIsCutAndNothingBehindIt(byte[] header, String client) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(header);
        all.writeBytes(new byte[] {(byte) 0xab, 2});
        int step = Math.max(1, header.length / 200);
        for (int cut = 0; cut <= header.length; cut += step) {
            ProxyHeader read = new ProxyHeader();
            ByteBuffer bytes = ByteBuffer.wrap(all.toByteArray());
            boolean complete = read.read(bytes.limit(cut));
            assertThat(complete).isEqualTo(cut == header.length);
            assertThat(read.isEmpty()).isEqualTo(cut == 0);
            if (!complete) {
                assertThat(bytes.hasRemaining()).isFalse();
                assertThat(read.read(bytes.limit(all.size()))).isTrue();
            } else {
                bytes.limit(all.size());
            }
            assertThat(bytes.remaining()).isEqualTo(2);
            assertThat(String.valueOf(read.client())).isEqualTo(client);
        }
        ProxyHeader byByte = new ProxyHeader();
        for (int i = 0; i < header.length; i++) {
            assertThat(byByte.read(ByteBuffer.wrap(header, i, 1))).isEqualTo(i == header.length - 1);
        }
        InetSocketAddress address = byByte.client();
        assertThat(String.valueOf(address)).isEqualTo(client);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X",
                "GET / HTTP/1.1\r\n",
                "PROXX",
                "proxy TCP4",
                "PROXY\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 55555 9501\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 55555\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 55555 9501 1\r\n",
                "PROXY TCP4  192.0.2.7 10.0.0.1 55555 9501\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 65536 9501\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 -1 9501\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 055 9501\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1  9501\r\n",
                "PROXY TCP4 192.0.2.777 10.0.0.1 1 9501\r\n",
                "PROXY TCP4 localhost 10.0.0.1 1 9501\r\n",
                "PROXY TCP4 ::1 ::1 1 9501\r\n",
                "PROXY TCP6 192.0.2.7 10.0.0.1 1 9501\r\n",
                "PROXY TCP6 fe80::1%lo ::1 1 9501\r\n",
                "PROXY UDP4 192.0.2.7 10.0.0.1 1 9501\r\n",
                "PROXY \r\n"
            })
    void malformedLineIsRefused(String text) {
        assertThatThrownBy(() -> new ProxyHeader().read(ByteBuffer.wrap(line(text))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("PROXY protocol");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "11 11 000c", "31 11 000c", "22 11 000c", "2f 11 000c", "21 12 000c", "21 22 0024", "21 32 00d8",
                "21 10 000c", "21 13 000c", "21 41 000c", "21 11 000b", "21 21 0023", "21 11 0ff1", "21 11 ffff",
                "20 00 ffff"
            })
    void malformedBlockIsRefusedByItsFixedPart(String fixed) {
        assertThatThrownBy(() -> new ProxyHeader().read(ByteBuffer.wrap(block(fixed))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("PROXY protocol");
    }

    /** Refused at the first byte that is wrong, so a stranger holds no memory. */
    @Test
    void lineWithoutEndIsRefused() throws IOException {
        ProxyHeader header = new ProxyHeader();
        assertThat(header.read(ByteBuffer.wrap(line("PROXY UNKNOWN " + "f".repeat(92)))))
                .isFalse();
        assertThatThrownBy(() -> header.read(ByteBuffer.wrap(line("f"))))
                .hasMessage("the line of the PROXY protocol has more than 107 bytes");
        assertThatThrownBy(() -> new ProxyHeader()
                        .read(ByteBuffer.wrap(block("").clone(), 0, 12).put(11, (byte) 9)))
                .hasMessage("no header of the PROXY protocol");
    }
}
