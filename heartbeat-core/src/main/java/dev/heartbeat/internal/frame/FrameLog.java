package dev.heartbeat.internal.frame;

import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames as aligned lines, for people who look over a connection's shoulder: logger
 * {@code dev.heartbeat.frames} at TRACE.
 *
 * <pre>
 * &lt;&lt; REGISTER        stream 0          31 bytes
 * &gt;&gt; REGISTERED      stream 0          52 bytes
 * &gt;&gt; DATA            stream 0       16,384 bytes  MORE HEAD
 * </pre>
 */
public final class FrameLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.heartbeat.frames");

    /** Read once: a switch that costs nothing on the hot path while it is off. */
    private static final boolean ON = LOG.isTraceEnabled();

    private FrameLog() {}

    static void in(ByteBuffer frame, int at, int end) {
        if (ON) {
            LOG.trace(line(true, frame, at, end));
        }
    }

    static void out(ByteBuffer frame, int at, int end) {
        if (ON) {
            LOG.trace(line(false, frame, at, end));
        }
    }

    /** One line for the frame whose header begins at {@code at}; never a byte of its payload. */
    public static String line(boolean inbound, ByteBuffer frame, int at, int end) {
        FrameType type = FrameType.of(FrameHeader.typeCode(frame, at));
        int flags = FrameHeader.flags(frame, at);
        String stream = FrameHeader.streamId(frame, at) == FrameHeader.CONNECTION_STREAM
                ? "connection"
                : "stream " + Integer.toUnsignedString(FrameHeader.streamId(frame, at));
        String line = String.format(
                "%s %-15s %-17s %,6d bytes%s%s%s%s",
                inbound ? "<<" : ">>",
                type == null ? String.format("type 0x%02x", FrameHeader.typeCode(frame, at)) : type,
                stream,
                FrameHeader.length(frame, at),
                (flags & FrameHeader.FLAG_MORE) == 0 ? "" : "  MORE",
                (flags & FrameHeader.FLAG_END) == 0 ? "" : "  END",
                (flags & FrameHeader.FLAG_HEAD) == 0 ? "" : "  HEAD",
                (flags & FrameHeader.FLAG_IGNORABLE) == 0 ? "" : "  IGNORABLE");
        return end - at < FrameHeader.SIZE ? "(cut) " + line : line;
    }
}
