package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;

/**
 * The head of a DATA frame, before the message's bytes.
 *
 * @param total length of the whole message, or {@link #NO_TOTAL}
 * @param namesHandle whether it names a handle, which may be 0
 * @param handle the node it is from or for; 0 is the connection's own
 * @param remainingMillis how much of a request's time remained when it was written, or
 *     {@link #NO_TIME}
 */
public record Head(long total, boolean namesHandle, int handle, Envelope envelope, long remainingMillis) {
    private static final int HANDLE = 0x01;
    private static final int TOTAL = 0x06;

    public static final int NO_TOTAL = -1;
    public static final int NO_TIME = -1;

    /** That of a frame without one. */
    public static final Head NONE = new Head(NO_TOTAL, false, 0, Envelope.NONE, NO_TIME);

    /**
     * Reads that of a DATA frame, and leaves the position before the message's bytes.
     *
     * @return {@link #NONE} where the flags have no HEAD
     */
    public static Head of(int flags, ByteBuffer in) throws ProtocolException {
        Head head = (flags & FrameHeader.FLAG_HEAD) == 0 ? NONE : readWithLength(in);
        checkFragment(flags, head, in.remaining());
        return head;
    }

    /** {@code TLVs} that name a request as its HEAD does. */
    public static Head ofCancel(int channel, ByteBuffer in) throws ProtocolException {
        Head head = readTlvs(in, false);
        if (head.envelope().kind() != Envelope.Kind.REQUEST) {
            throw malformed("CANCEL of what is no request");
        }
        if (channel != 0 && head.namesNode()) {
            throw malformed("CANCEL names a node on a channel that has one");
        }
        return head;
    }

    /** Checks what can be wrong with a fragment by itself, whatever came before. */
    private static void checkFragment(int flags, Head head, int bytes) throws ProtocolException {
        boolean more = (flags & FrameHeader.FLAG_MORE) != 0;
        if (more && bytes == 0) {
            throw malformed("a fragment without a byte of its message");
        }
        if (more && (flags & FrameHeader.FLAG_HEAD) != 0 && !head.hasTotal()) {
            throw malformed("the HEAD of a fragment without the total length");
        }
        if (head.hasTotal() && (bytes > head.total() || !more && bytes < head.total())) {
            throw malformed(bytes + " bytes of a message, announced were " + head.total());
        }
    }

    /** {@code u16 length, TLVs}, before the message's bytes */
    private static Head readWithLength(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < Short.BYTES) {
            throw malformed("a HEAD is cut off");
        }
        int end = (in.getShort() & 0xFFFF) + in.position();
        if (end > in.limit()) {
            throw malformed("a HEAD reaches beyond the payload");
        }
        int limit = in.limit();
        in.limit(end);
        Head head = readTlvs(in, true);
        in.limit(limit);
        return head;
    }

    private static Head readTlvs(ByteBuffer in, boolean ofMessage) throws ProtocolException {
        long total = Head.NO_TOTAL;
        boolean namesHandle = false;
        int handle = 0;
        long remainingMillis = Head.NO_TIME;
        Envelope.Reader envelope = null;
        long seen = 0;
        while (in.hasRemaining()) {
            int tag = Tlv.read(in);
            int type = Tlv.type(tag);
            if (type == TOTAL && ofMessage) {
                seen = Tlv.once(seen, tag);
                total = Integer.toUnsignedLong(Tlv.u32(in, tag));
            } else if (type == Envelope.REMAINING && ofMessage) {
                seen = Tlv.once(seen, tag);
                remainingMillis = Integer.toUnsignedLong(Tlv.u32(in, tag));
            } else if (type == HANDLE) {
                seen = Tlv.once(seen, tag);
                namesHandle = true;
                handle = Tlv.u32(in, tag);
            } else if (Envelope.isOf(type) && (ofMessage || type != TraceContext.TLV)) {
                seen = Tlv.once(seen, tag);
                if (envelope == null) {
                    envelope = new Envelope.Reader();
                }
                envelope.read(in, tag);
            } else {
                Tlv.skipUnknown(in, tag);
            }
        }
        return new Head(
                total, namesHandle, handle, envelope == null ? Envelope.NONE : envelope.envelope(), remainingMillis);
    }

    /** Whether it says which node of many it is from or for. */
    public boolean namesNode() {
        return namesHandle || envelope.isRouted();
    }

    public boolean hasTotal() {
        return total != NO_TOTAL;
    }

    /** Whether it says how much of a request's time remains. */
    public boolean saysTime() {
        return remainingMillis != NO_TIME && envelope.kind() == Envelope.Kind.REQUEST;
    }
}
