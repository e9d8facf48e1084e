package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into frames, without I/O. Frames that lie whole in the input are read where they lie; only one that is cut is collected,
 * in a spare buffer or else in one that grows with what has arrived, never with what was announced, and is let go with the frame. So an
 * idle connection holds no buffer, and any division of the same bytes gives the same calls.
 *
 * <p>Invariant: {@code partial == null || 0 < partial.position() < size of its frame}.
 */
public final class FrameDecoder {
    private static final int FIRST_PARTIAL = 64;

    private static final int RTT = 0x82;

    private static final int HEAD_HANDLE = 0x01;
    private static final int HEAD_TOTAL = 0x06;

    private @Nullable ByteBuffer partial;

    /**
     * Reads all of {@code in}, or until the handler wants no more: then what is left may be decoded later.
     *
     * @param spares where a frame that is cut may be collected
     * @throws ProtocolException of connection scope; nothing may be decoded after it
     */
    public void decode(ByteBuffer in, FrameHandler handler, BufferPool spares) throws ProtocolException {
        while (in.hasRemaining() && handler.takesMore()) {
            ByteBuffer collecting = partial;
            if (collecting != null) {
                collect(collecting, in, handler, spares);
            } else {
                decodeNext(in, handler, spares);
            }
        }
    }

    /** How much has arrived of the frame that is under way; 0 where none is. */
    public int underWay() {
        return partial == null ? 0 : partial.position();
    }

    /** Decodes no more: what was collected of a frame is dropped. */
    public void end(BufferPool spares) {
        ByteBuffer dropped = partial;
        if (dropped != null) {
            partial = null;
            spares.giveBack(dropped);
        }
    }

    private void decodeNext(ByteBuffer in, FrameHandler handler, BufferPool spares) throws ProtocolException {
        int size = FrameHeader.checkedSize(in, in.position(), in.remaining());
        if (size <= in.remaining()) {
            readFrame(in, size, handler);
        } else {
            ByteBuffer spare = spares.take(FIRST_PARTIAL);
            collect(spare == null ? ByteBuffer.allocate(FIRST_PARTIAL) : spare, in, handler, spares);
        }
    }

    private void collect(ByteBuffer collected, ByteBuffer in, FrameHandler handler, BufferPool spares)
            throws ProtocolException {
        ByteBuffer frame = take(collected, in, FrameHeader.SIZE);
        int size = FrameHeader.checkedSize(frame, 0, frame.position());
        if (size != FrameHeader.UNKNOWN_SIZE) {
            frame = take(frame, in, size);
            if (frame.position() == size) {
                partial = null;
                try {
                    readFrame(frame.flip(), size, handler);
                } finally {
                    spares.giveBack(frame);
                }
                return;
            }
        }
        partial = frame;
    }

    /** Moves bytes over until {@code size} are collected or the input is empty. */
    private static ByteBuffer take(ByteBuffer collected, ByteBuffer in, int size) {
        int count = Math.min(size - collected.position(), in.remaining());
        if (count <= 0) {
            return collected;
        }
        ByteBuffer roomy = collected;
        if (count > collected.remaining()) {
            int arrived = collected.position() + count;
            roomy = ByteBuffer.allocate(Math.min(size, 2 * arrived)).put(collected.flip());
        }
        roomy.put(roomy.position(), in, in.position(), count);
        roomy.position(roomy.position() + count);
        in.position(in.position() + count);
        return roomy;
    }

    /** Reads the frame at the position, and leaves the position behind it whatever happens. */
    private static void readFrame(ByteBuffer in, int size, FrameHandler handler) throws ProtocolException {
        int at = in.position();
        int limit = in.limit();
        int end = at + size;
        FrameLog.in(in, at, end);
        int typeAndFlags = FrameHeader.typeAndFlags(in, at);
        int streamId = FrameHeader.streamId(in, at);
        in.limit(end).position(at + FrameHeader.SIZE);
        try {
            dispatch(FrameType.of(typeAndFlags >>> 8), typeAndFlags & 0xFF, streamId, in, handler);
        } catch (ProtocolException e) {
            if (e.code().scope() == ErrorCode.Scope.CONNECTION) {
                throw e;
            }
            handler.onRefused(streamId, e);
        } finally {
            // The order too: an application that was shown a message where it lies may have left any.
            in.limit(limit).position(end).order(ByteOrder.BIG_ENDIAN);
        }
    }

    private static void dispatch(@Nullable FrameType type, int flags, int streamId, ByteBuffer in, FrameHandler handler)
            throws ProtocolException {
        handler.onFrame(type);
        if (type == null) {
            return; // Unknown, but marked as one that may be ignored.
        }
        switch (type) {
            case HEARTBEAT_REQ -> readHeartbeatRequest(streamId, in, handler);
            case HEARTBEAT_RES -> readHeartbeatResponse(streamId, in, handler);
            case DATA -> readData(streamId, flags, in, handler);
            case PING -> handler.onPing(requireZero(streamId, in));
            case PONG -> handler.onPong(requireZero(streamId, in));
            case REGISTER -> handler.onRegister(streamId, Register.read(in));
            case REGISTERED -> handler.onRegistered(streamId, Registered.read(in));
            case UNREGISTER -> handler.onUnregister(streamId, GoAway.readText(in));
            case UPDATE -> handler.onUpdate(streamId, Metadata.read(in));
            case CREDIT -> handler.onCredit(streamId, readCredit(in));
            case CHANNEL_OPEN -> handler.onChannelOpen(streamId, ChannelOpen.read(in));
            case CHANNEL_ACCEPT -> handler.onChannelAccept(streamId, ChannelOpen.readAccept(in));
            case CHANNEL_RESET -> handler.onChannelReset(streamId, ChannelReset.read(in));
            case CANCEL -> handler.onCancel(streamId, readCancel(streamId, in));
            case GO_AWAY -> handler.onGoAway(streamId, GoAway.read(in));
            case ERROR -> handler.onError(streamId, PeerError.read(in));
        }
    }

    private static ByteBuffer requireZero(int streamId, ByteBuffer in) throws ProtocolException {
        if (streamId != 0) {
            throw malformed("PING and PONG have stream id 0, not " + Integer.toUnsignedString(streamId));
        }
        return in;
    }

    /** {@code u64 timestamp, u64 receive position, TLVs} */
    private static void readHeartbeatRequest(int handle, ByteBuffer in, FrameHandler handler) throws ProtocolException {
        requireHeartbeat(in);
        long timestamp = in.getLong();
        long position = in.getLong();
        int rttMicros = 0;
        HandleRanges covered = HandleRanges.NOBODY;
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
        handler.onHeartbeatRequest(handle, timestamp, position, rttMicros, covered);
    }

    private static void readHeartbeatResponse(int handle, ByteBuffer in, FrameHandler handler)
            throws ProtocolException {
        requireHeartbeat(in);
        long timestamp = in.getLong();
        long position = in.getLong();
        while (in.hasRemaining()) {
            Tlv.skipUnknown(in, Tlv.read(in));
        }
        handler.onHeartbeatResponse(handle, timestamp, position);
    }

    private static void requireHeartbeat(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < 2 * Long.BYTES) {
            throw malformed("a heartbeat of " + in.remaining() + " bytes, expected at least " + 2 * Long.BYTES);
        }
    }

    private static void readData(int channel, int flags, ByteBuffer in, FrameHandler handler) throws ProtocolException {
        int size = FrameHeader.SIZE + in.remaining();
        Head head = (flags & FrameHeader.FLAG_HEAD) == 0 ? Head.NONE : readHead(in);
        checkFragment(flags, head, in.remaining());
        handler.onData(channel, flags, head, size, in);
    }

    /** What can be wrong with a fragment by itself, whatever came before. */
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

    /** Reads the TLVs before a message's bytes. */
    private static Head readHead(ByteBuffer in) throws ProtocolException {
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

    /** {@code TLVs} that name a request as its HEAD does. */
    private static Head readCancel(int channel, ByteBuffer in) throws ProtocolException {
        Head head = readTlvs(in, false);
        if (head.envelope().kind() != Envelope.Kind.REQUEST) {
            throw malformed("CANCEL of what is no request");
        }
        if (channel != 0 && head.namesNode()) {
            throw malformed("CANCEL names a node on a channel that has one");
        }
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
            if (type == HEAD_TOTAL && ofMessage) {
                seen = Tlv.once(seen, tag);
                total = Integer.toUnsignedLong(Tlv.u32(in, tag));
            } else if (type == Envelope.REMAINING && ofMessage) {
                seen = Tlv.once(seen, tag);
                remainingMillis = Integer.toUnsignedLong(Tlv.u32(in, tag));
            } else if (type == HEAD_HANDLE) {
                seen = Tlv.once(seen, tag);
                namesHandle = true;
                handle = Tlv.u32(in, tag);
            } else if (type >= Envelope.KIND && type <= Envelope.DESTINATION) {
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

    private static long readCredit(ByteBuffer in) throws ProtocolException {
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
