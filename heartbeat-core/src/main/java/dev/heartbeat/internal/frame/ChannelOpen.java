package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/**
 * The payload of CHANNEL_OPEN.
 *
 * <pre>
 *  u64  credit        how far the other side may send
 *  u8   weight        the opener's share of turns to send, 1 to 255
 *  u8   name length   then the name
 *  TLVs               0x01: u32 handle of the node it belongs to
 * </pre>
 *
 * @param name not yet checked: see {@link #objection}
 */
public record ChannelOpen(long credit, int weight, String name, int handle) {
    public static final int MAX_NAME = 128;

    private static final int HANDLE = 0x01;
    private static final int FIXED = Long.BYTES + 2;

    /** Why it cannot be the name of a channel, or an empty string if it can. */
    public static String objection(String name) {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            return "channel name has " + name.length() + " characters, expected 1 to " + MAX_NAME;
        }
        return NodeId.isPlain(name) ? "" : "channel name has a character outside A-Z a-z 0-9 . _ : -";
    }

    public static ChannelOpen read(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < FIXED) {
            throw malformed("CHANNEL_OPEN of " + in.remaining() + " bytes, expected at least " + FIXED);
        }
        long credit = Register.readFirstCredit(in);
        int weight = in.get() & 0xFF;
        int length = in.get() & 0xFF;
        if (weight == 0 || length > in.remaining()) {
            throw malformed(weight == 0 ? "a channel of weight 0" : "a channel name reaches beyond the payload");
        }
        byte[] name = new byte[length];
        in.get(name);
        int handle = 0;
        long seen = 0;
        while (in.hasRemaining()) {
            int tag = Tlv.read(in);
            if (Tlv.type(tag) == HANDLE) {
                seen = Tlv.once(seen, tag);
                handle = Tlv.u32(in, tag);
            } else {
                Tlv.skipUnknown(in, tag);
            }
        }
        return new ChannelOpen(credit, weight, new String(name, ISO_8859_1), handle);
    }

    int maxSize() {
        return FIXED + name.length() + Tlv.HEADER + Integer.BYTES;
    }

    void write(ByteBuffer out) {
        out.putLong(credit).put((byte) weight).put((byte) name.length()).put(name.getBytes(ISO_8859_1));
        if (handle != 0) {
            Tlv.write(out, HANDLE, Integer.BYTES);
            out.putInt(handle);
        }
    }

    /** The payload of CHANNEL_ACCEPT: {@code u64 credit, TLVs}. */
    public static long readAccept(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < Long.BYTES) {
            throw malformed("CHANNEL_ACCEPT of " + in.remaining() + " bytes, expected at least " + Long.BYTES);
        }
        long credit = Register.readFirstCredit(in);
        while (in.hasRemaining()) {
            Tlv.skipUnknown(in, Tlv.read(in));
        }
        return credit;
    }
}
