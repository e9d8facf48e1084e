package dev.heartbeat.internal.server;

import dev.heartbeat.internal.frame.FrameHandler;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the answer to one PING, and drops all else: it may have been sent before the PING came.
 */
final class PongWatch implements FrameHandler {
    private final long number;
    private boolean answered;

    /**
     * @param number the payload of the PING
     */
    PongWatch(long number) {
        this.number = number;
    }

    boolean isAnswered() {
        return answered;
    }

    @Override
    public void onFrame(@Nullable FrameType type, int flags, int streamId, ByteBuffer payload) {
        if (type == FrameType.PONG) {
            answered = payload.remaining() == Long.BYTES && payload.getLong(payload.position()) == number;
        }
    }

    @Override
    public void onRefused(int streamId, ProtocolException refusal) {}
}
