package dev.heartbeat.internal.frame;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Hears each frame that a {@link FrameDecoder} reads, by one call. */
public interface FrameHandler {

    /**
     * A whole frame has come. Whoever handles it reads the payload by its type: {@link Heartbeat},
     * {@link Head}, {@link Register} and so on. A handler that throws refuses the frame.
     *
     * @param type null for one that is unknown and may be ignored
     * @param payload a view, valid until this returns; its limit is the end of the frame
     */
    void onFrame(@Nullable FrameType type, int flags, int streamId, ByteBuffer payload) throws ProtocolException;

    /** A frame was refused with an error of narrower scope than the connection. */
    void onRefused(int streamId, ProtocolException refusal) throws ProtocolException;
}
