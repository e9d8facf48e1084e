package dev.heartbeat.internal.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Text of the other side cannot forge a line of a log, nor steer a terminal. */
class PeerTextTest {
    private static final String HOSTILE =
            "all\r\nERROR well\tx\u0000\u001b[2J\u001b]0;t\u0007\u007f\u009b1m\u0085\u2028\u2029\u202e\u2066\u200f\u200b\ufeff";
    private static final String SHOWN = "all\\u000d\\u000aERROR well\\u0009x\\u0000\\u001b[2J\\u001b]0;t\\u0007\\u007f"
            + "\\u009b1m\\u0085\\u2028\\u2029\\u202e\\u2066\\u200f\\u200b\\ufeff";

    private static ByteBuffer payload(int textType, int fixedBytes) {
        byte[] text = HOSTILE.getBytes(StandardCharsets.UTF_8);
        ByteBuffer payload = ByteBuffer.allocate(200).position(fixedBytes);
        Tlv.write(payload, textType, text);
        return payload.flip();
    }

    @Test
    void theTextOfAnErrorIsEscaped() {
        assertThat(PeerError.read(payload(0x01, 3)).text()).isEqualTo(SHOWN);
    }

    @Test
    void theTextOfAGoAwayIsEscaped() throws Exception {
        assertThat(GoAway.read(payload(0x81, 7)).text()).isEqualTo(SHOWN);
        assertThat(GoAway.readText(payload(0x81, 0))).isEqualTo(SHOWN);
    }

    @Test
    void theTextOfAResetIsEscaped() throws Exception {
        assertThat(ChannelReset.read(payload(0x81, 2)).text()).isEqualTo(SHOWN);
    }

    @Test
    void textThatPeopleWriteStaysAsItIs() {
        String text = "\u670d\u52a1\u5668\u6b63\u5728\u5173\u95ed \u00fcber C:\\temp \ud83d\ude80 100 %";

        assertThat(Printable.escaped(text)).isSameAs(text);
    }

    @Test
    void whatIsNoUtf8IsReplaced() throws Exception {
        ByteBuffer payload = ByteBuffer.allocate(10).position(2);
        Tlv.write(payload, 0x81, new byte[] {'a', (byte) 0x9b, 'b'});

        assertThat(ChannelReset.read(payload.flip()).text()).isEqualTo("a\ufffdb");
    }
}
