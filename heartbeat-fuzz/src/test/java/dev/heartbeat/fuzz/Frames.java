package dev.heartbeat.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames of docs/PROTOCOL.md, byte by byte: right, unless the caller asks for a wrong one. */
final class Frames {
    static final int HEADER = 12;
    static final int DATA = 0x03;
    static final int REGISTER = 0x06;
    static final int REGISTERED = 0x09;
    static final int CHANNEL_OPEN = 0x0A;
    static final int CHANNEL_ACCEPT = 0x0B;
    static final int CHANNEL_RESET = 0x0C;
    static final int CREDIT = 0x0D;

    private static final int TYPE_OFFSET = 2;
    private static final int STREAM_OFFSET = 4;

    private Frames() {}

    static byte[] frame(int type, int flags, int streamId, byte[] payload) {
        return ByteBuffer.allocate(HEADER + payload.length)
                .put((byte) 0xAB)
                .put((byte) 2)
                .put((byte) type)
                .put((byte) flags)
                .putInt(streamId)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    /**
     * @param lastEpoch 0 to say nothing of it
     */
    static byte[] register(int handle, String nodeId, long incarnation, int attempt, long credit, long lastEpoch) {
        byte[] id = nodeId.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer payload = ByteBuffer.allocate(256)
                .putLong(incarnation)
                .putInt(attempt)
                .putLong(credit)
                .putLong(credit)
                .put((byte) id.length)
                .put(id);
        if (lastEpoch != 0) {
            payload.put((byte) 4).putShort((short) Long.BYTES).putLong(lastEpoch);
        }
        return frame(REGISTER, 0, handle, written(payload));
    }

    static byte[] registered(
            long epoch, int intervalMillis, int maxMessage, int maxChannels, long credit, int ackEvery) {
        ByteBuffer payload = ByteBuffer.allocate(256)
                .putLong(epoch)
                .putInt(intervalMillis)
                .putInt(5 * intervalMillis / 2)
                .putInt(3 * intervalMillis)
                .putInt(3 * intervalMillis)
                .putInt(maxMessage)
                .putInt(0)
                .putInt(maxChannels)
                .putLong(credit)
                .putLong(credit);
        if (ackEvery != 1) {
            payload.put((byte) 0x81).putShort((short) Short.BYTES).putShort((short) ackEvery);
        }
        return frame(REGISTERED, 0, 0, written(payload));
    }

    /**
     * An id opens a channel once: makes of a CHANNEL_OPEN that for the next one of its side, and
     * leaves any other frame as it is.
     */
    static void toNextChannel(byte[] frame) {
        if (frame.length >= HEADER && frame[TYPE_OFFSET] == CHANNEL_OPEN) {
            ByteBuffer bytes = ByteBuffer.wrap(frame);
            bytes.putInt(STREAM_OFFSET, bytes.getInt(STREAM_OFFSET) + 2);
        }
    }

    private static byte[] written(ByteBuffer payload) {
        byte[] bytes = new byte[payload.position()];
        payload.flip().get(bytes);
        return bytes;
    }
}
