package dev.heartbeat.internal.frame;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message for many nodes: copied once, and encoded once where it fits into one frame. Nothing of
 * it changes any more, so every queue and every loop may hold the same.
 */
public final class SharedMessage {
    private final @Nullable ByteBuffer frame;
    private final ByteBuffer content;

    private SharedMessage(@Nullable ByteBuffer frame, ByteBuffer content) {
        this.frame = frame;
        this.content = content;
    }

    /** Copies a message from its position to its limit, which are not changed. */
    public static SharedMessage copyOf(ByteBuffer message) {
        int length = message.remaining();
        if (length > FrameType.MAX_DATA_PAYLOAD) {
            ByteBuffer copy = ByteBuffer.allocate(length).put(message.duplicate());
            return new SharedMessage(null, copy.flip().asReadOnlyBuffer());
        }
        ByteBuffer whole = ByteBuffer.allocate(FrameHeader.SIZE + length);
        FrameHeader.write(whole, FrameType.DATA, 0, 0, length);
        ByteBuffer frame = whole.put(message.duplicate()).flip().asReadOnlyBuffer();
        return new SharedMessage(frame, frame.slice(FrameHeader.SIZE, length));
    }

    /**
     * The message, from position 0. Read-only, and the same buffer each time: whoever moves its
     * position takes a duplicate.
     */
    public ByteBuffer content() {
        return content;
    }

    /**
     * The whole DATA frame that carries the message on channel 0 to a connection's own node, from
     * position 0; null if it takes several. A node behind a gateway is named in a HEAD, which this
     * frame has not.
     */
    public @Nullable ByteBuffer frame() {
        return frame;
    }
}
