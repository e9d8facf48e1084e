package dev.heartbeat.internal.frame;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payload of ERROR, which has the same layout in every version:
 * {@code u8 scope, u16 code, TLVs}. It never fails to parse; what is wrong with it makes it an
 * error of the connection.
 *
 * @param code null if this side does not know the number
 * @param retryAfterMillis {@link GoAway#NEVER} for never, 0 if it does not say
 * @param refused the ordinals of the messages that it refuses; empty if it names none
 */
public record PeerError(
        ErrorCode.Scope scope,
        int wireCode,
        @Nullable ErrorCode code,
        String text,
        long retryAfterMillis,
        List<Long> refused) {
    private static final int TEXT = 0x01;
    private static final int VERSIONS = 0x02;
    private static final int RETRY_AFTER = 0x03;
    static final int REFUSED = 0x84;

    /** So many messages one ERROR names, at most. */
    public static final int MAX_REFUSED = 64;

    private static final int FIXED = 1 + Short.BYTES;

    public static PeerError read(ByteBuffer in) {
        if (in.remaining() < FIXED) {
            return unreadable();
        }
        ErrorCode.Scope scope = ErrorCode.Scope.of(in.get() & 0xFF);
        int wireCode = in.getShort() & 0xFFFF;
        String text = "";
        long retryAfter = 0;
        List<Long> refused = List.of();
        long seen = 0;
        try {
            while (in.hasRemaining()) {
                int tag = Tlv.read(in);
                switch (Tlv.type(tag)) {
                    case TEXT -> {
                        seen = Tlv.once(seen, tag);
                        text = Tlv.text(in, tag);
                    }
                    case VERSIONS -> {
                        seen = Tlv.once(seen, tag);
                        Tlv.skip(in, tag);
                    }
                    case RETRY_AFTER -> {
                        seen = Tlv.once(seen, tag);
                        retryAfter = Integer.toUnsignedLong(Tlv.u32(in, tag));
                    }
                    case REFUSED -> refused = with(refused, Tlv.u64(in, tag));
                    default -> Tlv.skip(in, tag);
                }
            }
        } catch (ProtocolException e) {
            return unreadable();
        }
        return new PeerError(scope, wireCode, ErrorCode.of(scope, wireCode), text, retryAfter, refused);
    }

    private static List<Long> with(List<Long> before, long ordinal) {
        if (before.size() == MAX_REFUSED) {
            return before;
        }
        List<Long> all = before.isEmpty() ? new ArrayList<>(1) : before;
        all.add(ordinal);
        return all;
    }

    private static PeerError unreadable() {
        return new PeerError(ErrorCode.Scope.CONNECTION, 0, null, "an ERROR that does not parse", 0, List.of());
    }

    static int maxSize(String text, List<Long> refused) {
        return FIXED
                + Tlv.HEADER
                + Math.min(3 * text.length(), Tlv.MAX_TEXT)
                + Tlv.HEADER
                + 1
                + Tlv.HEADER
                + Integer.BYTES
                + refused.size() * (Tlv.HEADER + Long.BYTES);
    }

    /**
     * @param retryAfterMillis 0 for not to say
     * @param refused ordinals, at most {@value #MAX_REFUSED}
     */
    static void write(ByteBuffer out, ErrorCode code, String text, long retryAfterMillis, List<Long> refused) {
        out.put((byte) code.scope().wire()).putShort((short) code.wire());
        if (code == ErrorCode.UNSUPPORTED_VERSION) {
            Tlv.write(out, VERSIONS, 1);
            out.put((byte) FrameHeader.VERSION);
        }
        if (!text.isEmpty()) {
            Tlv.write(out, TEXT, bounded(text));
        }
        if (retryAfterMillis != 0) {
            Tlv.write(out, RETRY_AFTER, Integer.BYTES);
            out.putInt((int) retryAfterMillis);
        }
        for (long ordinal : refused) {
            writeRefused(out, ordinal);
        }
    }

    static void writeRefused(ByteBuffer out, long ordinal) {
        Tlv.write(out, REFUSED, Long.BYTES);
        out.putLong(ordinal);
    }

    /** Cut between characters, so that what remains is still UTF-8. */
    static byte[] bounded(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        if (bytes.length <= Tlv.MAX_TEXT) {
            return bytes;
        }
        int end = Tlv.MAX_TEXT;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return java.util.Arrays.copyOf(bytes, end);
    }

    /** The name where it is known, the number otherwise. */
    public String codeName() {
        return code == null ? "code " + wireCode : code.wireName();
    }
}
