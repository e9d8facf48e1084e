package dev.heartbeat.internal.session;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameEncoder;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers that wait for a full socket: at most one of each kind, to the latest question. */
final class HeldAnswers {
    private boolean heartbeat;
    private int heartbeatHandle;
    private long heartbeatTimestamp;
    private @Nullable ByteBuffer pong;
    /** The latest of each code. */
    private @Nullable Map<ErrorCode, Fault> errors;

    /** An ERROR that waits. */
    record Fault(int streamId, ErrorCode code, String text, long retryAfterMillis) {
        void send(FrameEncoder encoder) {
            encoder.error(streamId, code, text + " (and maybe others before)", retryAfterMillis);
        }
    }

    void holdHeartbeat(int handle, long timestamp) {
        heartbeat = true;
        heartbeatHandle = handle;
        heartbeatTimestamp = timestamp;
    }

    void holdPong(ByteBuffer payload) {
        pong = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
    }

    void holdError(Fault fault) {
        if (errors == null) {
            errors = new EnumMap<>(ErrorCode.class);
        }
        errors.put(fault.code(), fault);
    }

    void send(FrameEncoder encoder, long framesReceived) {
        if (heartbeat) {
            encoder.heartbeatResponse(heartbeatHandle, heartbeatTimestamp, framesReceived);
        }
        if (pong != null) {
            encoder.pong(pong);
        }
        if (errors != null) {
            errors.values().forEach(fault -> fault.send(encoder));
        }
    }
}
