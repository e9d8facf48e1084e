package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;

/** Payloads that are one value. */
public final class Payload {
    private Payload() {}

    /** That of a PING or PONG: any bytes. */
    public static ByteBuffer ofPing(int streamId, ByteBuffer in) throws ProtocolException {
        if (streamId != 0) {
            throw malformed("PING and PONG have stream id 0, not " + Integer.toUnsignedString(streamId));
        }
        return in;
    }

    /** That of a CREDIT: the limit. */
    public static long ofCredit(ByteBuffer in) throws ProtocolException {
        if (in.remaining() != Long.BYTES) {
            throw malformed("CREDIT of " + in.remaining() + " bytes, expected " + Long.BYTES);
        }
        long limit = in.getLong();
        if (limit < 0) {
            throw malformed("a credit limit of 2^63 or more");
        }
        return limit;
    }
}
