package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The payload of GO_AWAY: {@code u8 scope, u16 reason, u32 retry after, TLVs}.
 *
 * @param reason null if this side does not know the number
 * @param retryAfterMillis 0: as your backoff says; {@link #NEVER}
 * @param byTwin whether the node went to a process of the same incarnation
 */
public record GoAway(
        ErrorCode.Scope scope, @Nullable GoAwayReason reason, long retryAfterMillis, String text, boolean byTwin) {
    public static final long NEVER = 0xFFFF_FFFFL;

    private static final int TEXT = 0x81;
    private static final int TWIN = 0x82;
    private static final int FIXED = 1 + Short.BYTES + Integer.BYTES;

    public GoAway(ErrorCode.Scope scope, @Nullable GoAwayReason reason, long retryAfterMillis, String text) {
        this(scope, reason, retryAfterMillis, text, false);
    }

    /** The notice to one of two processes that have one identity. */
    public static GoAway duplicateIdentity() {
        return new GoAway(
                ErrorCode.Scope.CONNECTION,
                GoAwayReason.REPLACED,
                NEVER,
                "another process has the identity of this one (DUPLICATE_IDENTITY)",
                true);
    }

    public static GoAway read(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < FIXED) {
            throw malformed("GO_AWAY of " + in.remaining() + " bytes, expected at least " + FIXED);
        }
        ErrorCode.Scope scope = ErrorCode.Scope.of(in.get() & 0xFF);
        GoAwayReason reason = GoAwayReason.of(in.getShort() & 0xFFFF);
        long retryAfter = Integer.toUnsignedLong(in.getInt());
        String text = "";
        boolean byTwin = false;
        long seen = 0;
        while (in.hasRemaining()) {
            int tag = Tlv.read(in);
            switch (Tlv.type(tag)) {
                case TEXT -> {
                    seen = Tlv.once(seen, tag);
                    text = Tlv.text(in, tag);
                }
                case TWIN -> {
                    seen = Tlv.once(seen, tag);
                    Tlv.empty(tag);
                    byTwin = true;
                }
                default -> Tlv.skipUnknown(in, tag);
            }
        }
        return new GoAway(scope, reason, retryAfter, text, byTwin);
    }

    int maxSize() {
        return FIXED + maxTextSize(text) + (byTwin ? Tlv.HEADER : 0);
    }

    void write(ByteBuffer out) {
        out.put((byte) scope.wire()).putShort((short) (reason == null ? 0 : reason.wire()));
        out.putInt((int) retryAfterMillis);
        writeText(out, text);
        if (byTwin) {
            Tlv.write(out, TWIN, 0);
        }
    }

    static int maxTextSize(String text) {
        return Tlv.HEADER + Math.min(3 * text.length(), Tlv.MAX_TEXT);
    }

    /** The optional text for people that UNREGISTER ends in. */
    public static String readText(ByteBuffer in) throws ProtocolException {
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
