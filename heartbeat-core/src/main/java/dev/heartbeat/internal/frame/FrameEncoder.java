package dev.heartbeat.internal.frame;

import dev.heartbeat.spi.Connection;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * Writes frames into a connection: one method per type, straight into the loop's scratch. Nothing
 * leaves before {@link Connection#flush}.
 */
public final class FrameEncoder {
    private static final int HEARTBEAT = 2 * Long.BYTES;
    private static final int RTT = 0x82;
    private static final int RTT_SIZE = Tlv.HEADER + Integer.BYTES;
    private static final int HEAD_HANDLE = 0x01;
    private static final int HEAD_TOTAL = 0x06;
    private static final int HEAD_TLV = Tlv.HEADER + Integer.BYTES;

    /** The size of a frame's HEAD, at most; without the context of a trace. */
    public static final int MAX_HEAD_SIZE = Short.BYTES + 2 * HEAD_TLV + Envelope.MAX_SIZE;

    private final Connection connection;

    public FrameEncoder(Connection connection) {
        this.connection = connection;
    }

    /**
     * @param rttMicros the last round trip, or 0 if there was none yet
     * @param covered whom it speaks for beside {@code handle}
     */
    public void heartbeatRequest(int handle, long timestamp, long position, int rttMicros, HandleRanges covered) {
        int length = HEARTBEAT + covered.size() + (rttMicros == 0 ? 0 : RTT_SIZE);
        ByteBuffer out = begin(FrameType.HEARTBEAT_REQ, 0, handle, length);
        out.putLong(timestamp).putLong(position);
        covered.write(out);
        if (rttMicros != 0) {
            Tlv.write(out, RTT, Integer.BYTES);
            out.putInt(rttMicros);
        }
    }

    public void heartbeatResponse(int handle, long timestamp, long position) {
        begin(FrameType.HEARTBEAT_RES, 0, handle, HEARTBEAT).putLong(timestamp).putLong(position);
    }

    public void ping() {
        begin(FrameType.PING, 0, 0, 0);
    }

    /** A PING whose answer is distinct from others. */
    public void ping(long number) {
        begin(FrameType.PING, 0, 0, Long.BYTES).putLong(number);
    }

    public void pong(ByteBuffer payload) {
        begin(FrameType.PONG, 0, 0, payload.remaining()).put(payload);
    }

    public void register(int handle, Register register) {
        writeSized(FrameType.REGISTER, handle, register.maxSize(), register::write);
    }

    public void registered(int handle, Registered registered) {
        writeSized(FrameType.REGISTERED, handle, Registered.MAX_SIZE, registered::write);
    }

    public void unregister(int handle, String text) {
        writeSized(FrameType.UNREGISTER, handle, GoAway.maxTextSize(text), out -> GoAway.writeText(out, text));
    }

    public void update(int handle, Map<String, String> metadata) {
        writeSized(FrameType.UPDATE, handle, Metadata.maxSize(metadata), out -> Metadata.write(out, metadata));
    }

    /** An UPDATE that leaves the metadata as they are. */
    public void update(int handle, Secret credential) {
        writeSized(FrameType.UPDATE, handle, Update.maxSize(credential), out -> Update.write(out, credential));
    }

    /**
     * The size of the HEAD of a frame that names this handle and this total; 0 where there is
     * nothing to name.
     */
    public static int headSize(int handle, int total, Envelope envelope) {
        int tlvs = (handle == 0 ? 0 : HEAD_TLV) + (total == Head.NO_TOTAL ? 0 : HEAD_TLV) + envelope.size();
        return tlvs == 0 ? 0 : Short.BYTES + tlvs;
    }

    /** The size of the HEAD of a frame that holds a whole message. */
    public static int headSize(int handle, Envelope envelope) {
        return handle == 0 && envelope.isPlain() ? 0 : headSize(handle, Head.NO_TOTAL, envelope);
    }

    /**
     * The header of a DATA frame and its HEAD, if it has one. The message's bytes follow by
     * {@link Connection#write}.
     *
     * @param handle the node it is from or for, in the first frame of a message; else 0
     * @param envelope what else is written on the message, in its first frame; else
     *     {@link Envelope#NONE}
     * @param total of the message, in the first of several frames; else {@link Head#NO_TOTAL}
     * @param nowNs the time; read only if the envelope
     *     {@linkplain Envelope#saysDue() says when it is due}
     */
    public void data(int channel, int flags, int handle, Envelope envelope, int messageBytes, int total, long nowNs) {
        int headSize = headSize(handle, total, envelope);
        ByteBuffer out = connection.reserve(FrameHeader.SIZE + headSize);
        int at = out.position();
        FrameHeader.write(
                out,
                FrameType.DATA,
                headSize > 0 ? flags | FrameHeader.FLAG_HEAD : flags,
                channel,
                headSize + messageBytes);
        if (headSize > 0) {
            writeHead(out, headSize, handle, envelope, total, nowNs);
        }
        FrameLog.out(out, at, out.position());
    }

    /** A frame that was made before, from position 0 to its limit. */
    public void encoded(ByteBuffer frame) {
        FrameLog.out(frame, 0, frame.limit());
        connection.write(frame, 0, frame.limit());
    }

    private static void writeHead(ByteBuffer out, int size, int handle, Envelope envelope, int total, long nowNs) {
        out.putShort((short) (size - Short.BYTES));
        writeHandle(out, handle);
        envelope.write(out, nowNs);
        if (total != Head.NO_TOTAL) {
            Tlv.write(out, HEAD_TOTAL, Integer.BYTES);
            out.putInt(total);
        }
    }

    private static void writeHandle(ByteBuffer out, int handle) {
        if (handle != 0) {
            Tlv.write(out, HEAD_HANDLE, Integer.BYTES);
            out.putInt(handle);
        }
    }

    /** Its sender waits for no answer to this request any more. */
    public void cancel(int channel, int handle, Envelope request) {
        int length = (handle == 0 ? 0 : HEAD_TLV) + request.namesSize();
        ByteBuffer out = begin(FrameType.CANCEL, FrameHeader.FLAG_IGNORABLE, channel, length);
        writeHandle(out, handle);
        request.writeNames(out);
    }

    public void channelOpen(int channel, ChannelOpen open) {
        writeSized(FrameType.CHANNEL_OPEN, channel, open.maxSize(), open::write);
    }

    public void channelAccept(int channel, long credit) {
        begin(FrameType.CHANNEL_ACCEPT, 0, channel, Long.BYTES).putLong(credit);
    }

    public void credit(int channel, long limit) {
        begin(FrameType.CREDIT, 0, channel, Long.BYTES).putLong(limit);
    }

    public void channelReset(int channel, ErrorCode code, String text) {
        channelReset(channel, code, text, ProtocolException.NO_MESSAGE);
    }

    /**
     * @param refused the ordinal of the message for which the channel ends;
     *     {@link ProtocolException#NO_MESSAGE} for none
     */
    public void channelReset(int channel, ErrorCode code, String text, long refused) {
        writeSized(
                FrameType.CHANNEL_RESET,
                channel,
                ChannelReset.maxSize(text),
                out -> ChannelReset.write(out, code, text, refused));
    }

    /**
     * @param streamId the handle or channel it concerns, 0 for the connection
     */
    public void goAway(int streamId, GoAway goAway) {
        writeSized(FrameType.GO_AWAY, streamId, goAway.maxSize(), goAway::write);
    }

    /**
     * @param streamId the handle or channel it concerns, 0 for the connection
     */
    public void error(int streamId, ErrorCode code, String text) {
        error(streamId, code, text, 0, List.of());
    }

    /**
     * @param streamId the handle or channel it concerns, 0 for the connection
     * @param retryAfterMillis when the peer may try again; 0 for not to say
     * @param refused ordinals of the messages that it refuses, at most
     *     {@value PeerError#MAX_REFUSED}
     */
    public void error(int streamId, ErrorCode code, String text, long retryAfterMillis, List<Long> refused) {
        writeSized(
                FrameType.ERROR,
                streamId,
                PeerError.maxSize(text, refused),
                out -> PeerError.write(out, code, text, retryAfterMillis, refused));
    }

    /** The header; the payload follows in the buffer that is returned. */
    private ByteBuffer begin(FrameType type, int flags, int streamId, int length) {
        ByteBuffer out = connection.reserve(FrameHeader.SIZE + length);
        int at = out.position();
        FrameHeader.write(out, type, flags, streamId, length);
        FrameLog.out(out, at, out.position());
        return out;
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
