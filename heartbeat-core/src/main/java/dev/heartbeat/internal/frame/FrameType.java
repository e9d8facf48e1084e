package dev.heartbeat.internal.frame;

import org.jspecify.annotations.Nullable;

/** The frames of HBP/2: their numbers, who may send them, and how large they may be. */
public enum FrameType {
    HEARTBEAT_REQ(0x01, Sender.CLIENT, FrameType.MAX_CONTROL_PAYLOAD),
    HEARTBEAT_RES(0x02, Sender.SERVER, FrameType.MAX_CONTROL_PAYLOAD),
    DATA(0x03, Sender.BOTH, FrameType.MAX_DATA_PAYLOAD),
    PING(0x04, Sender.BOTH, FrameType.MAX_PING_PAYLOAD),
    PONG(0x05, Sender.BOTH, FrameType.MAX_PING_PAYLOAD),
    REGISTER(0x06, Sender.CLIENT, FrameType.MAX_DATA_PAYLOAD),
    UNREGISTER(0x07, Sender.CLIENT, FrameType.MAX_CONTROL_PAYLOAD),
    ERROR(0x08, Sender.BOTH, FrameType.MAX_CONTROL_PAYLOAD),
    REGISTERED(0x09, Sender.SERVER, FrameType.MAX_CONTROL_PAYLOAD),
    CHANNEL_OPEN(0x0A, Sender.BOTH, FrameType.MAX_CONTROL_PAYLOAD),
    CHANNEL_ACCEPT(0x0B, Sender.BOTH, FrameType.MAX_CONTROL_PAYLOAD),
    CHANNEL_RESET(0x0C, Sender.BOTH, FrameType.MAX_CONTROL_PAYLOAD),
    CREDIT(0x0D, Sender.BOTH, Long.BYTES),
    GO_AWAY(0x0E, Sender.SERVER, FrameType.MAX_CONTROL_PAYLOAD),
    UPDATE(0x0F, Sender.CLIENT, FrameType.MAX_DATA_PAYLOAD),
    /** Sent with the flag IGNORABLE, because it is only a hint. */
    CANCEL(0x11, Sender.BOTH, FrameType.MAX_CONTROL_PAYLOAD);

    /** Which side a frame may come from. */
    public enum Sender {
        CLIENT,
        SERVER,
        BOTH
    }

    /**
     * Small enough that a heartbeat never waits long behind one, large enough to carry bulk at the
     * speed of the socket.
     */
    public static final int MAX_DATA_PAYLOAD = 16 * 1024;

    public static final int MAX_CONTROL_PAYLOAD = 4 * 1024;
    public static final int MAX_PING_PAYLOAD = 64;

    private static final @Nullable FrameType[] BY_CODE = new @Nullable FrameType[256];

    static {
        for (FrameType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;
    private final Sender sender;
    private final int maxPayload;

    FrameType(int code, Sender sender, int maxPayload) {
        this.code = code;
        this.sender = sender;
        this.maxPayload = maxPayload;
    }

    /** The type of this number, or null if there is none. */
    static @Nullable FrameType of(int code) {
        return BY_CODE[code];
    }

    int code() {
        return code;
    }

    int maxPayload() {
        return maxPayload;
    }

    int allowedFlags() {
        return this == DATA ? FrameHeader.FLAG_MORE | FrameHeader.FLAG_END | FrameHeader.FLAG_HEAD : 0;
    }

    /** Whether these flags may stand on it; the one that says it may be ignored stands anywhere. */
    boolean allows(int flags) {
        return (flags & ~FrameHeader.FLAG_IGNORABLE & ~allowedFlags()) == 0;
    }

    /** Whether {@code side} may send it; with {@link Sender#BOTH}, whether any side may. */
    public boolean mayComeFrom(Sender side) {
        return sender == Sender.BOTH || sender == side || side == Sender.BOTH;
    }
}
