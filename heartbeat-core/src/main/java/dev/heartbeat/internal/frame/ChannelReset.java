package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The payload of CHANNEL_RESET: {@code u16 code, TLVs}.
 *
 * @param code null if this side does not know the number
 * @param text why, for people; may be empty
 */
public record ChannelReset(@Nullable ErrorCode code, String text) {

    static ChannelReset read(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < Short.BYTES) {
            throw malformed("CHANNEL_RESET of " + in.remaining() + " bytes, expected at least " + Short.BYTES);
        }
        ErrorCode code = ErrorCode.of(ErrorCode.Scope.CHANNEL, in.getShort() & 0xFFFF);
        return new ChannelReset(code, GoAway.readText(in));
    }

    static int maxSize(String text) {
        return Short.BYTES + GoAway.maxTextSize(text);
    }

    static void write(ByteBuffer out, ErrorCode code, String text) {
        out.putShort((short) code.wire());
        GoAway.writeText(out, text);
    }
}
