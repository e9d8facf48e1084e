package dev.heartbeat.bench.load.generator;

import dev.heartbeat.bench.wire.Frames;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Heartbeats encoded ahead, to be sent in one write; only their stamps are still to be filled in.
 */
final class Volley {
    private final ByteBuffer frames;

    Volley(int most) {
        frames = ByteBuffer.allocateDirect(most * Frames.BEAT_BYTES);
        for (int i = 0; i < most; i++) {
            frames.put(Frames.heartbeat(0));
        }
    }

    /** Sends the next so many heartbeats of this connection. */
    void send(Link link, int count, long dueAt) throws IOException {
        frames.limit(count * Frames.BEAT_BYTES).position(0);
        for (int at = Frames.HEADER_BYTES; at < frames.limit(); at += Frames.BEAT_BYTES) {
            frames.putLong(at, Stamp.of(dueAt, link.next++));
        }
        link.write(frames);
    }
}
