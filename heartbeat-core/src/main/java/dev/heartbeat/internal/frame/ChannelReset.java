package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The payload of CHANNEL_RESET: {@code u16 code, TLVs}.
 *
 * @param code null if this side does not know the number
 * @param text why, for people; may be empty
 * @param refused the ordinal of the message for which the channel ends;
 *     {@link ProtocolException#NO_MESSAGE} for none
 */
public record ChannelReset(@Nullable ErrorCode code, String text, long refused) {
    private static final int TEXT = 0x81;

    public static ChannelReset read(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < Short.BYTES) {
            throw malformed("CHANNEL_RESET of " + in.remaining() + " bytes, expected at least " + Short.BYTES);
        }
        ErrorCode code = ErrorCode.of(ErrorCode.Scope.CHANNEL, in.getShort() & 0xFFFF);
        String text = "";
        long refused = ProtocolException.NO_MESSAGE;
        long seen = 0;
        while (in.hasRemaining()) {
            int tag = Tlv.read(in);
            switch (Tlv.type(tag)) {
                case TEXT -> {
                    seen = Tlv.once(seen, tag);
                    text = Tlv.text(in, tag);
                }
                case PeerError.REFUSED -> {
                    seen = Tlv.once(seen, tag);
                    refused = Tlv.u64(in, tag);
                }
                default -> Tlv.skipUnknown(in, tag);
            }
        }
        return new ChannelReset(code, text, refused);
    }

    static int maxSize(String text) {
        return Short.BYTES + GoAway.maxTextSize(text) + Tlv.HEADER + Long.BYTES;
    }

    static void write(ByteBuffer out, ErrorCode code, String text, long refused) {
        out.putShort((short) code.wire());
        GoAway.writeText(out, text);
        if (refused != ProtocolException.NO_MESSAGE) {
            PeerError.writeRefused(out, refused);
        }
    }
}
