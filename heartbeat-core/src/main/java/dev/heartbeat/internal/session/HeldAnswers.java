package dev.heartbeat.internal.session;

import dev.heartbeat.internal.frame.FrameEncoder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Answers that wait for a full socket: at most one of each kind, to the latest question. */
final class HeldAnswers {
    private boolean heartbeat;
    private long heartbeatTimestamp;
    private @Nullable ByteBuffer pong;

    void holdHeartbeat(long timestamp) {
        heartbeat = true;
        heartbeatTimestamp = timestamp;
    }

    void holdPong(ByteBuffer payload) {
        pong = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
    }

    void send(FrameEncoder encoder, long framesReceived) {
        if (heartbeat) {
            encoder.heartbeatResponse(0, heartbeatTimestamp, framesReceived);
        }
        if (pong != null) {
            encoder.pong(pong);
        }
    }
}
