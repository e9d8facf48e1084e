package dev.heartbeat.bench.load.generator;

import dev.heartbeat.bench.wire.Frames;

/** The ways in which a server replies. */
public enum Replies {
    /** Replies as the protocol has them. */
    ANSWERED(Frames.REGISTERED, Frames.HEARTBEAT_RES),
    /** With the same bytes, whatever they are. */
    ECHOED(Frames.REGISTER, Frames.HEARTBEAT_REQ);

    final int toRegister;
    final int toHeartbeat;

    Replies(int toRegister, int toHeartbeat) {
        this.toRegister = toRegister;
        this.toHeartbeat = toHeartbeat;
    }
}
