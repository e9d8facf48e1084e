package dev.heartbeat.internal.session;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.PeerError;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers that wait for a full socket: at most one of each kind, to the latest question. */
final class DeferredAnswers {
    private boolean heartbeat;
    private int heartbeatHandle;
    private long heartbeatTimestamp;
    private long heartbeatHeldNs;
    private @Nullable ByteBuffer pong;
    /** The latest of each code. */
    private @Nullable Map<ErrorCode, Fault> errors;

    /** An ERROR that waits. */
    record Fault(int streamId, ErrorCode code, String text, long retryAfterMillis, List<Long> refused) {
        void send(FrameEncoder encoder) {
            encoder.error(streamId, code, text + " (and maybe others before)", retryAfterMillis, refused);
        }

        /**
         * It takes the place of another of its code, and names the messages of both; of too many
         * the latest.
         */
        Fault after(@Nullable Fault before) {
            if (before == null || before.refused.isEmpty()) {
                return this;
            }
            List<Long> all = new ArrayList<>(before.refused);
            all.addAll(refused);
            List<Long> latest = all.subList(Math.max(0, all.size() - PeerError.MAX_REFUSED), all.size());
            return new Fault(streamId, code, text, retryAfterMillis, latest);
        }
    }

    void holdHeartbeat(int handle, long timestamp, long nowNs) {
        if (!heartbeat) {
            heartbeatHeldNs = nowNs;
        }
        heartbeat = true;
        heartbeatHandle = handle;
        heartbeatTimestamp = timestamp;
    }

    boolean hasHeartbeat() {
        return heartbeat;
    }

    /** Since when a heartbeat has waited for its answer. */
    long heartbeatHeldNs() {
        return heartbeatHeldNs;
    }

    void holdPong(ByteBuffer payload) {
        pong = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
    }

    void holdError(Fault fault) {
        if (errors == null) {
            errors = new EnumMap<>(ErrorCode.class);
        }
        errors.put(fault.code(), fault.after(errors.get(fault.code())));
    }

    void send(FrameEncoder encoder, long framesReceived) {
        if (errors != null) {
            // Before the position that says what was taken.
            errors.values().forEach(fault -> fault.send(encoder));
        }
        if (heartbeat) {
            encoder.heartbeatResponse(heartbeatHandle, heartbeatTimestamp, framesReceived);
        }
        if (pong != null) {
            encoder.pong(pong);
        }
    }
}
