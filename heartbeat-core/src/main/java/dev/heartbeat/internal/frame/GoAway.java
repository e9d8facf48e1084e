package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The payload of GO_AWAY: {@code u8 scope, u16 reason, u32 retry after, TLVs}.
 *
 * @param reason null if this side does not know the number
 * @param retryAfterMillis 0: as your backoff says; {@link #NEVER}
 */
public record GoAway(ErrorCode.Scope scope, @Nullable GoAwayReason reason, long retryAfterMillis, String text) {
    public static final long NEVER = 0xFFFF_FFFFL;

    private static final int TEXT = 0x81;
    private static final int FIXED = 1 + Short.BYTES + Integer.BYTES;

    static GoAway read(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < FIXED) {
            throw malformed("GO_AWAY of " + in.remaining() + " bytes, expected at least " + FIXED);
        }
        ErrorCode.Scope scope = ErrorCode.Scope.of(in.get() & 0xFF);
        GoAwayReason reason = GoAwayReason.of(in.getShort() & 0xFFFF);
        long retryAfter = Integer.toUnsignedLong(in.getInt());
        return new GoAway(scope, reason, retryAfter, readText(in));
    }

    int maxSize() {
        return FIXED + maxTextSize(text);
    }

    void write(ByteBuffer out) {
        out.put((byte) scope.wire()).putShort((short) (reason == null ? 0 : reason.wire()));
        out.putInt((int) retryAfterMillis);
        writeText(out, text);
    }

    static int maxTextSize(String text) {
        return Tlv.HEADER + Math.min(3 * text.length(), Tlv.MAX_TEXT);
    }

    /** The optional text for people that GO_AWAY, UNREGISTER and CHANNEL_RESET end in. */
    static String readText(ByteBuffer in) throws ProtocolException {
        String text = "";
        long seen = 0;
        while (in.hasRemaining()) {
            int tag = Tlv.read(in);
            if (Tlv.type(tag) == TEXT) {
                seen = Tlv.once(seen, tag);
                text = Tlv.text(in, tag);
            } else {
                Tlv.skipUnknown(in, tag);
            }
        }
        return text;
    }

    static void writeText(ByteBuffer out, String text) {
        if (!text.isEmpty()) {
            Tlv.write(out, TEXT, PeerError.bounded(text));
        }
    }
}
