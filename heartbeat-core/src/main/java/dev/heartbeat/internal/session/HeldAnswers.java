package dev.heartbeat.internal.session;

import dev.heartbeat.internal.frame.FrameEncoder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Answers that wait for a full socket: at most one of each kind, to the latest question. */
final class HeldAnswers {
    private boolean heartbeat;
    private int heartbeatHandle;
    private long heartbeatTimestamp;
    private @Nullable ByteBuffer pong;

    void holdHeartbeat(int handle, long timestamp) {
        heartbeat = true;
        heartbeatHandle = handle;
        heartbeatTimestamp = timestamp;
    }

    void holdPong(ByteBuffer payload) {
        pong = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
    }

    void send(FrameEncoder encoder, long framesReceived) {
        if (heartbeat) {
            encoder.heartbeatResponse(heartbeatHandle, heartbeatTimestamp, framesReceived);
        }
        if (pong != null) {
            encoder.pong(pong);
        }
    }
}
