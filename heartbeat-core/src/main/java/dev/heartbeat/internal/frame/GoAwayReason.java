package dev.heartbeat.internal.frame;

import org.jspecify.annotations.Nullable;

/** Why a server sends its peer away. */
public enum GoAwayReason {
    SHUTDOWN(1),
    REPLACED(2),
    KICKED(3),
    TIMEOUT(4),
    OVERLOADED(5),
    MOVED(6),
    EXPIRED(7);

    private final int wire;

    GoAwayReason(int wire) {
        this.wire = wire;
    }

    int wire() {
        return wire;
    }

    static @Nullable GoAwayReason of(int wire) {
        for (GoAwayReason reason : values()) {
            if (reason.wire == wire) {
                return reason;
            }
        }
        return null;
    }
}
