package dev.heartbeat.internal.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into frames, without I/O. Each whole frame is one call of the {@link FrameHandler},
 * unless it goes in the wrong direction. Frames that lie whole in the input are read where they
 * lie; only one that is cut is collected, in a spare buffer or else in one that grows with what has
 * arrived, never with what was announced, and is let go with the frame. So an idle connection holds
 * no buffer, and any division of the same bytes gives the same calls.
 *
 * <p>Invariant: {@code partial == null || 0 < partial.position() < size of its frame}.
 */
public final class FrameDecoder {
    private static final int FIRST_PARTIAL = 64;

    private @Nullable ByteBuffer partial;

    /**
     * Reads the next frame, or what has come of it. The rest of {@code in} is left for the next
     * call.
     *
     * @param in is not empty
     * @param from whose frames these are; a frame that only the other side sends is refused
     * @param spares where a frame that is cut may be collected
     * @throws ProtocolException of connection scope; nothing may be decoded after it
     */
    public void decode(ByteBuffer in, FrameType.Sender from, FrameHandler handler, BufferPool spares)
            throws ProtocolException {
        ByteBuffer collecting = partial;
        if (collecting != null) {
            collect(collecting, in, from, handler, spares);
            return;
        }
        int size = FrameHeader.checkedSize(in, in.position(), in.remaining());
        if (size <= in.remaining()) {
            readFrame(in, size, from, handler);
        } else {
            ByteBuffer spare = spares.take(FIRST_PARTIAL);
            collect(spare == null ? ByteBuffer.allocate(FIRST_PARTIAL) : spare, in, from, handler, spares);
        }
    }

    /** The bytes that have arrived of the frame under way; 0 where none is. */
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

    private void collect(
            ByteBuffer collected, ByteBuffer in, FrameType.Sender from, FrameHandler handler, BufferPool spares)
            throws ProtocolException {
        ByteBuffer frame = take(collected, in, FrameHeader.SIZE);
        int size = FrameHeader.checkedSize(frame, 0, frame.position());
        if (size != FrameHeader.UNKNOWN_SIZE) {
            frame = take(frame, in, size);
            if (frame.position() == size) {
                partial = null;
                try {
                    readFrame(frame.flip(), size, from, handler);
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
    private static void readFrame(ByteBuffer in, int size, FrameType.Sender from, FrameHandler handler)
            throws ProtocolException {
        int at = in.position();
        int limit = in.limit();
        int end = at + size;
        FrameLog.in(in, at, end);
        int typeAndFlags = FrameHeader.typeAndFlags(in, at);
        int streamId = FrameHeader.streamId(in, at);
        in.limit(end).position(at + FrameHeader.SIZE);
        try {
            FrameType type = FrameType.of(typeAndFlags >>> 8);
            if (type != null && !type.mayComeFrom(from)) {
                throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, type + " in the wrong direction");
            }
            handler.onFrame(type, typeAndFlags & 0xFF, streamId, in);
        } catch (ProtocolException e) {
            if (e.code().scope() == ErrorCode.Scope.CONNECTION) {
                throw e;
            }
            handler.onRefused(streamId, e);
        } finally {
            // The order too: an application that was shown a message where it lies may have left
            // any.
            in.limit(limit).position(end).order(ByteOrder.BIG_ENDIAN);
        }
    }
}
