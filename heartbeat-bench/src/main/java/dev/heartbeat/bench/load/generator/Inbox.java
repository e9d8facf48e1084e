package dev.heartbeat.bench.load.generator;

import dev.heartbeat.bench.wire.Frames;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads what a server replies, and holds each answer to the heartbeat it is for. */
final class Inbox {
    private static final int BYTES = 64 * 1024;

    private final Replies replies;
    private final int answerEvery;
    private final long answerHead;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BYTES);

    /**
     * @param answerEvery the server answers every N-th heartbeat, beginning with which it
     *     likes
     */
    Inbox(Replies replies, int answerEvery) {
        this.replies = replies;
        this.answerEvery = answerEvery;
        answerHead = Frames.head(replies.toHeartbeat);
    }

    /** Reads once; returns how many answers came. */
    int read(Link link, long now, Recorder recorder) throws IOException {
        in.clear();
        if (link.rest != null) {
            in.put(link.rest);
            link.rest = null;
        }
        link.read(in);
        int end = in.position();
        int answers = 0;
        int at = 0;
        for (int size = frameAt(at, end); size > 0; size = frameAt(at, end)) {
            if (in.getLong(at) == answerHead && size == Frames.BEAT_BYTES) {
                take(link, in.getLong(at + Frames.HEADER_BYTES), now, recorder);
                answers++;
            } else {
                takeOther(link, at, size);
            }
            at += size;
        }
        if (at < end) {
            link.rest = new byte[end - at];
            in.get(at, link.rest);
        }
        return answers;
    }

    /** The size of the frame that begins there; 0 if it is not whole. */
    private int frameAt(int at, int end) throws IOException {
        if (end - at < Frames.HEADER_BYTES) {
            return 0;
        }
        int payload = in.getInt(at + Frames.LENGTH_AT);
        if (in.getShort(at) != (short) 0xAB02 || payload < 0 || payload > Frames.MAX_PAYLOAD_BYTES) {
            throw new LoadException(
                    "the server does not speak HBP/2: a frame begins with " + Long.toHexString(in.getLong(at)));
        }
        int size = Frames.HEADER_BYTES + payload;
        return end - at < size ? 0 : size;
    }

    private void take(Link link, long stamp, long now, Recorder recorder) throws IOException {
        int passedOver = Stamp.after(link.awaited, stamp);
        if (passedOver >= answerEvery || passedOver >= link.next - link.awaited) {
            throw new LoadException("on " + link + " another heartbeat was answered than the one whose turn it was");
        }
        link.awaited += passedOver + 1;
        recorder.answered(now - Stamp.nanos(stamp));
    }

    private void takeOther(Link link, int at, int size) throws IOException {
        int type = in.get(at + 2);
        if (type == replies.toRegister && !link.registered) {
            link.registered = true;
        } else if (type == Frames.PING) {
            int payload = size - Frames.HEADER_BYTES;
            link.write(Frames.frame(Frames.PONG, payload)
                    .put(in.slice(at + Frames.HEADER_BYTES, payload))
                    .flip());
        } else if (type != Frames.CREDIT) {
            throw new LoadException("the server sent " + link + " a frame of type 0x" + Integer.toHexString(type)
                    + " and " + size + " bytes: " + text(at, size));
        }
    }

    /** The part of a frame that people can read, which in an ERROR says why. */
    private String text(int at, int size) {
        StringBuilder text = new StringBuilder();
        for (int i = at + Frames.HEADER_BYTES; i < at + size; i++) {
            char c = (char) in.get(i);
            text.append(c >= ' ' && c < 0x7F ? c : '.');
        }
        return text.toString();
    }
}
