package dev.heartbeat.internal.frame;

import dev.heartbeat.MessageTracer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a tracer sends along with a message. Opaque to the bus. */
public class TraceContext {
    static final int TLV = 0x81;

    private final byte[] bytes;

    /**
     * @param bytes at most {@link MessageTracer#MAX_CONTEXT_BYTES}, which nobody changes any more
     */
    public TraceContext(byte[] bytes) {
        this.bytes = bytes;
    }

    static TraceContext read(ByteBuffer in, int tag) throws ProtocolException {
        return new TraceContext(Tlv.bytes(in, tag, MessageTracer.MAX_CONTEXT_BYTES));
    }

    /** The bytes it takes of a HEAD. */
    int size() {
        return bytes.length == 0 ? 0 : Tlv.HEADER + bytes.length;
    }

    void write(ByteBuffer out) {
        if (bytes.length > 0) {
            Tlv.write(out, TLV, bytes);
        }
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TraceContext context && Arrays.equals(context.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
