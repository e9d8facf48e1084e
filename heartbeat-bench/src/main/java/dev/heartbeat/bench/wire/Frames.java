package dev.heartbeat.bench.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames of HBP/2, as bytes. */
public final class Frames {
    /** The size of every frame's header. */
    public static final int HEADER_BYTES = 12;

    /** The place of the length of the payload in a header. */
    public static final int LENGTH_AT = 8;

    /** The longest payload any frame may have. */
    public static final int MAX_PAYLOAD_BYTES = 16_384;

    /**
     * The size of a heartbeat and of its answer: the header, the timestamp and the receive
     * position.
     */
    public static final int BEAT_BYTES = HEADER_BYTES + 2 * Long.BYTES;

    /** The place of the length of the node's id in the payload of REGISTER. */
    public static final int ID_LENGTH_AT = Long.BYTES + Integer.BYTES + 2 * Long.BYTES;

    /** HEARTBEAT_REQ. */
    public static final int HEARTBEAT_REQ = 0x01;

    /** HEARTBEAT_RES. */
    public static final int HEARTBEAT_RES = 0x02;

    /** PING. */
    public static final int PING = 0x04;

    /** PONG. */
    public static final int PONG = 0x05;

    /** REGISTER. */
    public static final int REGISTER = 0x06;

    /** UNREGISTER. */
    public static final int UNREGISTER = 0x07;

    /** ERROR. */
    public static final int ERROR = 0x08;

    /** REGISTERED. */
    public static final int REGISTERED = 0x09;

    /** CREDIT. */
    public static final int CREDIT = 0x0D;

    /** GO_AWAY. */
    public static final int GO_AWAY = 0x0E;

    /** UPDATE. */
    public static final int UPDATE = 0x0F;

    private Frames() {}

    /** The first eight bytes of a header as a number: magic, version, type, no flags, stream 0. */
    public static long head(int type) {
        return 0xAB02L << 48 | (long) type << 40;
    }

    /** A buffer with a header, and room for exactly the payload. */
    public static ByteBuffer frame(int type, int payloadBytes) {
        return ByteBuffer.allocate(HEADER_BYTES + payloadBytes)
                .putLong(head(type))
                .putInt(payloadBytes);
    }

    /** A heartbeat, ready to be written. */
    public static ByteBuffer heartbeat(long timestamp) {
        return frame(HEARTBEAT_REQ, 2 * Long.BYTES)
                .putLong(timestamp)
                .putLong(0)
                .flip();
    }

    /**
     * REGISTER of a node without metadata, ready to be written.
     *
     * @param id ASCII, 1 to 128 characters
     * @param incarnation of this process, not 0
     * @param attempt 1 for the first connection of this process, greater for each further one
     * @param credit how far the server may send
     */
    public static ByteBuffer register(String id, long incarnation, int attempt, long credit) {
        byte[] name = id.getBytes(StandardCharsets.US_ASCII);
        return frame(REGISTER, ID_LENGTH_AT + 1 + name.length)
                .putLong(incarnation)
                .putInt(attempt)
                .putLong(credit)
                .putLong(credit)
                .put((byte) name.length)
                .put(name)
                .flip();
    }
}
