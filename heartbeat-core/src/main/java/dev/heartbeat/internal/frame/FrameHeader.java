package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;

/**
 * The twelve bytes before every payload.
 *
 * <pre>
 *  0      1          2      3       4            8                12
 * +------+----------+------+-------+------------+----------------+--------
 * | 0xAB | version  | type | flags | stream id  | payload length | payload
 * +------+----------+------+-------+------------+----------------+--------
 *   u8     u8 = 2     u8     u8      u32          u32
 * </pre>
 */
public final class FrameHeader {
    public static final int SIZE = 12;
    public static final int MAGIC = 0xAB;

    /** The type of the first record of TLS (RFC 8446, section 5.1). */
    private static final int TLS_HANDSHAKE = 22;

    /** The first byte of the PROXY protocol's version 2. */
    private static final int PROXY_SIGNATURE = 0x0D;

    public static final int VERSION = 2;

    public static final int FLAG_MORE = 0x01;
    public static final int FLAG_END = 0x02;
    public static final int FLAG_HEAD = 0x04;
    public static final int FLAG_IGNORABLE = 0x80;

    /** The stream id that means the connection as a whole. */
    public static final int CONNECTION_STREAM = 0xFFFF_FFFF;

    static final int UNKNOWN_SIZE = Integer.MAX_VALUE;

    private static final int MAGIC_AND_VERSION = MAGIC << 8 | VERSION;

    private static final int VERSION_OFFSET = 1;
    private static final int TYPE_OFFSET = 2;
    private static final int FLAGS_OFFSET = 3;
    private static final int STREAM_OFFSET = 4;
    private static final int LENGTH_OFFSET = 8;

    private FrameHeader() {}

    /** Writes it at the position, and moves that behind it. */
    static void write(ByteBuffer out, FrameType type, int flags, int streamId, int length) {
        out.putInt(MAGIC_AND_VERSION << 16 | type.code() << 8 | flags)
                .putInt(streamId)
                .putInt(length);
    }

    /** A stream that is a channel, and not the connection as a whole. */
    public static void requireChannel(int streamId) throws ProtocolException {
        if (streamId == CONNECTION_STREAM) {
            throw malformed("only CREDIT can concern all channels");
        }
    }

    /** A stream that is a channel with a life of its own. */
    public static void requireOtherThanChannel0(int streamId) throws ProtocolException {
        requireChannel(streamId);
        if (streamId == 0) {
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, "channel 0 cannot be opened, accepted or reset");
        }
    }

    static int typeCode(ByteBuffer frame, int at) {
        return frame.get(at + TYPE_OFFSET) & 0xFF;
    }

    static int flags(ByteBuffer frame, int at) {
        return frame.get(at + FLAGS_OFFSET) & 0xFF;
    }

    static int streamId(ByteBuffer frame, int at) {
        return frame.getInt(at + STREAM_OFFSET);
    }

    static int length(ByteBuffer frame, int at) {
        return frame.getInt(at + LENGTH_OFFSET);
    }

    static int typeAndFlags(ByteBuffer frame, int at) {
        return frame.getShort(at + TYPE_OFFSET) & 0xFFFF;
    }

    /**
     * The size of the frame that begins at this place, or {@link #UNKNOWN_SIZE} as long as less
     * than its header is available.
     */
    static int checkedSize(ByteBuffer frame, int at, int available) throws ProtocolException {
        if (available < SIZE) {
            checkEachField(frame, at, available);
            return UNKNOWN_SIZE;
        }
        int length = length(frame, at);
        if (!isSound(frame.getInt(at), length)) {
            checkEachField(frame, at, available);
        }
        return SIZE + length;
    }

    /**
     * Whether a header is that of a known type with nothing wrong: seen at a glance, for nearly
     * every frame.
     */
    private static boolean isSound(int start, int length) {
        FrameType type = FrameType.of(start >>> 8 & 0xFF);
        return start >>> 16 == MAGIC_AND_VERSION
                && type != null
                && type.allows(start & 0xFF)
                && Integer.compareUnsigned(length, type.maxPayload()) <= 0;
    }

    private static String foreign(int first) {
        String text = String.format("the first byte is 0x%02X and not 0xAB", first);
        return switch (first) {
            case TLS_HANDSHAKE -> text + ": the peer begins TLS, and this port has none";
            case PROXY_SIGNATURE -> text + ": a PROXY header perhaps, from an address that is not trusted with it";
            default -> text;
        };
    }

    /**
     * Checks each field that has arrived, in the order of the bytes, so that a header fails at the
     * same place however it was cut.
     */
    private static void checkEachField(ByteBuffer frame, int at, int available) throws ProtocolException {
        if (available > 0 && (frame.get(at) & 0xFF) != MAGIC) {
            throw new ProtocolException(ErrorCode.FOREIGN, foreign(frame.get(at) & 0xFF));
        }
        // ERROR is laid out alike in every version, so that two peers without a common one can
        // still report it to each other.
        if (available > TYPE_OFFSET
                && frame.get(at + VERSION_OFFSET) != VERSION
                && typeCode(frame, at) != FrameType.ERROR.code()) {
            throw new ProtocolException(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "version " + (frame.get(at + VERSION_OFFSET) & 0xFF) + ", supported is " + VERSION);
        }
        if (available > FLAGS_OFFSET) {
            checkTypeAndFlags(typeCode(frame, at), flags(frame, at));
        }
        if (available >= SIZE) {
            checkLength(typeCode(frame, at), length(frame, at));
        }
    }

    private static void checkTypeAndFlags(int code, int flags) throws ProtocolException {
        FrameType type = FrameType.of(code);
        if (type == null) {
            // The flags byte says whether an unknown type may be skipped, so both are looked at
            // together.
            if ((flags & FLAG_IGNORABLE) == 0) {
                throw new ProtocolException(ErrorCode.UNKNOWN_TYPE, "unknown frame type " + code);
            }
        } else if (!type.allows(flags)) {
            throw new ProtocolException(
                    ErrorCode.BAD_FLAGS,
                    String.format("%s has flags 0x%02x, allowed are 0x%02x", type, flags, type.allowedFlags()));
        }
    }

    private static void checkLength(int code, int length) throws ProtocolException {
        FrameType type = FrameType.of(code);
        int max = type == null ? FrameType.MAX_CONTROL_PAYLOAD : type.maxPayload();
        if (Integer.compareUnsigned(length, max) > 0) {
            throw new ProtocolException(
                    ErrorCode.FRAME_TOO_LARGE,
                    String.format(
                            "%s of %d bytes, allowed are %d",
                            type == null ? "frame type " + code : type, Integer.toUnsignedLong(length), max));
        }
    }
}
