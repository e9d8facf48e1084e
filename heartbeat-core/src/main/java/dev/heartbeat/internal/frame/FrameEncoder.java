package dev.heartbeat.internal.frame;

import dev.heartbeat.spi.Connection;
import java.nio.ByteBuffer;

/**
 * Writes frames into a connection: one method per type, straight into the loop's scratch. Nothing leaves before
 * {@link Connection#flush}.
 */
public final class FrameEncoder {
    private static final int HEARTBEAT = 2 * Long.BYTES;
    private static final int RTT = 0x82;
    private static final int RTT_SIZE = Tlv.HEADER + Integer.BYTES;
    private static final int HEAD_TOTAL = 0x06;
    private static final int HEAD_TLVS = Tlv.HEADER + Integer.BYTES;

    /** What the HEAD of a fragmented message takes of its first fragment. */
    public static final int HEAD_SIZE = Short.BYTES + HEAD_TLVS;

    private final Connection connection;

    public FrameEncoder(Connection connection) {
        this.connection = connection;
    }

    /**
     * @param rttMicros the last round trip, or 0 if there was none yet
     */
    public void heartbeatRequest(int handle, long timestamp, long position, int rttMicros) {
        int length = HEARTBEAT + (rttMicros == 0 ? 0 : RTT_SIZE);
        ByteBuffer out = begin(FrameType.HEARTBEAT_REQ, 0, handle, length);
        out.putLong(timestamp).putLong(position);
        if (rttMicros != 0) {
            Tlv.write(out, RTT, Integer.BYTES);
            out.putInt(rttMicros);
        }
        end(out);
    }

    public void heartbeatResponse(int handle, long timestamp, long position) {
        end(begin(FrameType.HEARTBEAT_RES, 0, handle, HEARTBEAT)
                .putLong(timestamp)
                .putLong(position));
    }

    public void ping() {
        end(begin(FrameType.PING, 0, 0, 0));
    }

    public void pong(ByteBuffer payload) {
        end(begin(FrameType.PONG, 0, 0, payload.remaining()).put(payload));
    }

    public void register(Register register) {
        writeSized(FrameType.REGISTER, 0, register.maxSize(), register::write);
    }

    public void registered(int handle, Registered registered) {
        writeSized(FrameType.REGISTERED, handle, Registered.MAX_SIZE, registered::write);
    }

    public void unregister(int handle, String text) {
        writeSized(FrameType.UNREGISTER, handle, GoAway.maxTextSize(text), out -> GoAway.writeText(out, text));
    }

    /** The header of a DATA frame and, where the message is fragmented and this is its first part, its HEAD. The message's bytes follow by {@link Connection#write}. */
    public void data(int channel, int flags, int messageBytes, int total) {
        boolean first = total != Head.NO_TOTAL;
        int headSize = first ? HEAD_SIZE : 0;
        ByteBuffer out = connection.reserve(FrameHeader.SIZE + headSize);
        int at = out.position();
        FrameHeader.write(
                out, FrameType.DATA, first ? flags | FrameHeader.FLAG_HEAD : flags, channel, headSize + messageBytes);
        if (first) {
            out.putShort((short) HEAD_TLVS);
            Tlv.write(out, HEAD_TOTAL, Integer.BYTES);
            out.putInt(total);
        }
        FrameLog.out(out, at, out.position());
    }

    public void credit(int channel, long limit) {
        end(begin(FrameType.CREDIT, 0, channel, Long.BYTES).putLong(limit));
    }

    public void channelReset(int channel, ErrorCode code) {
        end(begin(FrameType.CHANNEL_RESET, 0, channel, Short.BYTES).putShort((short) code.wire()));
    }

    public void goAway(GoAway goAway) {
        writeSized(FrameType.GO_AWAY, 0, goAway.maxSize(), goAway::write);
    }

    /**
     * @param streamId the handle or channel it concerns, 0 for the connection
     */
    public void error(int streamId, ErrorCode code, String text) {
        writeSized(FrameType.ERROR, streamId, PeerError.maxSize(text), out -> PeerError.write(out, code, text));
    }

    private ByteBuffer begin(FrameType type, int flags, int streamId, int length) {
        ByteBuffer out = connection.reserve(FrameHeader.SIZE + length);
        out.mark();
        FrameHeader.write(out, type, flags, streamId, length);
        return out;
    }

    private static void end(ByteBuffer out) {
        if (FrameLog.isOn()) {
            int end = out.position();
            out.reset();
            FrameLog.out(out, out.position(), end);
            out.position(end);
        }
    }

    private interface Payload {
        void write(ByteBuffer out);
    }

    /** For rare frames, whose length is known once they are written. */
    private void writeSized(FrameType type, int streamId, int maxLength, Payload payload) {
        ByteBuffer out = connection.reserve(FrameHeader.SIZE + maxLength);
        int at = out.position();
        out.position(at + FrameHeader.SIZE);
        payload.write(out);
        int end = out.position();
        out.position(at);
        FrameHeader.write(out, type, 0, streamId, end - at - FrameHeader.SIZE);
        out.position(end);
        FrameLog.out(out, at, end);
    }
}
