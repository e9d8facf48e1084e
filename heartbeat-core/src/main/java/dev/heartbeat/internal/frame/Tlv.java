package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes type, length, value, without allocating: a tag that was read is one int, its
 * value is what follows in the buffer.
 *
 * <pre>
 * +------+--------+---------
 * | type | length | value
 * +------+--------+---------
 *   u8     u16      length bytes
 * </pre>
 */
final class Tlv {
    static final int HEADER = 3;
    private static final int FIRST_IGNORABLE = 0x80;

    private Tlv() {}

    /** Reads type and length, and checks that the value is there. */
    static int read(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < HEADER) {
            throw malformed("a TLV is cut off");
        }
        int type = in.get() & 0xFF;
        int length = in.getShort() & 0xFFFF;
        if (length > in.remaining()) {
            throw malformed("TLV " + type + " of " + length + " bytes reaches beyond the payload");
        }
        return type << 16 | length;
    }

    static int type(int tag) {
        return tag >>> 16;
    }

    static int length(int tag) {
        return tag & 0xFFFF;
    }

    /** Passes over an unknown TLV, if it may be ignored. */
    static void skipUnknown(ByteBuffer in, int tag) throws ProtocolException {
        if (type(tag) < FIRST_IGNORABLE) {
            throw malformed("unknown TLV " + type(tag));
        }
        skip(in, tag);
    }

    static void skip(ByteBuffer in, int tag) {
        in.position(in.position() + length(tag));
    }

    /** Marks a known TLV as seen in a set of bits, and refuses it the second time. */
    static long once(long seen, int tag) throws ProtocolException {
        long bit = 1L << (type(tag) & 0x1F | (type(tag) < FIRST_IGNORABLE ? 0 : 0x20));
        if ((seen & bit) != 0) {
            throw malformed("TLV " + type(tag) + " comes twice");
        }
        return seen | bit;
    }

    static void empty(int tag) throws ProtocolException {
        requireLength(tag, 0);
    }

    static int u8(ByteBuffer in, int tag) throws ProtocolException {
        requireLength(tag, 1);
        return in.get() & 0xFF;
    }

    static int u16(ByteBuffer in, int tag) throws ProtocolException {
        requireLength(tag, Short.BYTES);
        return in.getShort() & 0xFFFF;
    }

    static int u32(ByteBuffer in, int tag) throws ProtocolException {
        requireLength(tag, Integer.BYTES);
        return in.getInt();
    }

    static long u64(ByteBuffer in, int tag) throws ProtocolException {
        requireLength(tag, Long.BYTES);
        return in.getLong();
    }

    static byte[] bytes(ByteBuffer in, int tag, int max) throws ProtocolException {
        if (length(tag) > max) {
            throw malformed("TLV " + type(tag) + " of " + length(tag) + " bytes, allowed are " + max);
        }
        byte[] value = new byte[length(tag)];
        in.get(value);
        return value;
    }

    /**
     * Text for people: what is not UTF-8 in it is replaced rather than refused, and what a log
     * cannot show is escaped.
     */
    static String text(ByteBuffer in, int tag) throws ProtocolException {
        return Printable.escaped(new String(bytes(in, tag, MAX_TEXT), StandardCharsets.UTF_8));
    }

    static final int MAX_TEXT = 512;

    static void write(ByteBuffer out, int type, int length) {
        out.put((byte) type).putShort((short) length);
    }

    static void write(ByteBuffer out, int type, byte[] value) {
        write(out, type, value.length);
        out.put(value);
    }

    private static void requireLength(int tag, int expected) throws ProtocolException {
        if (length(tag) != expected) {
            throw malformed("TLV " + type(tag) + " of " + length(tag) + " bytes, expected " + expected);
        }
    }
}
