package dev.heartbeat.bench.load.generator;

import dev.heartbeat.bench.wire.Frames;

/** How a server replies. */
public enum Replies {
    /** By the protocol. */
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
