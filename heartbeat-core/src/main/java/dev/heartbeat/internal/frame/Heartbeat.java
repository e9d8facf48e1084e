package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;

/**
 * The content of a HEARTBEAT_REQ or HEARTBEAT_RES. One is made for a loop and read into again and
 * again, because a heartbeat must cost no garbage: what is read is valid until the next is.
 */
public final class Heartbeat {
    private static final int RTT = 0x82;

    private long timestamp;
    private long position;
    private int rttMicros;
    private HandleRanges covered = HandleRanges.NOBODY;

    /** {@code u64 timestamp, u64 receive position, TLVs} */
    public void readRequest(int handle, ByteBuffer in) throws ProtocolException {
        readTimes(in);
        rttMicros = 0;
        covered = HandleRanges.NOBODY;
        long seen = 0;
        while (in.hasRemaining()) {
            int tag = Tlv.read(in);
            if (Tlv.type(tag) == RTT) {
                seen = Tlv.once(seen, tag);
                rttMicros = Tlv.u32(in, tag);
            } else if (Tlv.type(tag) == HandleRanges.TLV) {
                covered = HandleRanges.plus(covered, in, tag);
            } else {
                Tlv.skipUnknown(in, tag);
            }
        }
        if (handle != 0 && covered != HandleRanges.NOBODY) {
            throw malformed("only a beat of handle 0 speaks for others");
        }
    }

    /** Likewise; no TLV is known. */
    public void readResponse(ByteBuffer in) throws ProtocolException {
        readTimes(in);
        while (in.hasRemaining()) {
            Tlv.skipUnknown(in, Tlv.read(in));
        }
    }

    private void readTimes(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < 2 * Long.BYTES) {
            throw malformed("a heartbeat of " + in.remaining() + " bytes, expected at least " + 2 * Long.BYTES);
        }
        timestamp = in.getLong();
        position = in.getLong();
    }

    public long timestamp() {
        return timestamp;
    }

    /** The number of frames of the resumable stream that its sender has received. */
    public long position() {
        return position;
    }

    /** A request's round-trip time: 0 if it says none. */
    public int rttMicros() {
        return rttMicros;
    }

    /** A request's ranges: those for whom it speaks beside its handle. */
    public HandleRanges covered() {
        return covered;
    }
}
