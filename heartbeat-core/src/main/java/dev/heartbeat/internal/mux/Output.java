package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.spi.Connection;
import java.nio.ByteBuffer;

/**
 * The means by which the channels of a connection write: their frames, how large these are, and
 * what of them is in flight. Frames of the resumable stream are counted here, and so nowhere
 * forgotten. Confined to the connection's loop.
 */
final class Output {
    private final Connection connection;
    private final FrameEncoder encoder;
    private final Pace pace;
    private final InFlight inFlight;

    private long framesSent;

    Output(Connection connection, FrameEncoder encoder, Multiplexer.Host host, long intervalNs) {
        this.connection = connection;
        this.encoder = encoder;
        pace = new Pace(connection, intervalNs);
        inFlight = new InFlight(connection, host);
    }

    InFlight inFlight() {
        return inFlight;
    }

    /** Frames of the resumable stream. */
    long framesSent() {
        return framesSent;
    }

    // ---- room

    boolean isWritable() {
        return connection.isWritable();
    }

    /** Whether a further frame may be written; flushes first, if that makes room. */
    boolean hasRoom() {
        if (!pace.hasRoom()) {
            flush();
        }
        return pace.hasRoom();
    }

    /** Bytes of a message in one frame, at most. */
    int fragmentBytes() {
        return pace.fragmentBytes();
    }

    void flush() {
        connection.flush();
        inFlight.settle(connection.flushedBytes());
    }

    /** All was written that is to be. */
    void flushPumped(long nowNs) {
        flush();
        pace.onPumped(nowNs);
    }

    // ---- frames of the resumable stream

    void open(int id, ChannelOpen open) {
        encoder.channelOpen(id, open);
        framesSent++;
    }

    void accept(int id, long limit) {
        encoder.channelAccept(id, limit);
        framesSent++;
    }

    void reset(int id, ErrorCode code, String text, long refused) {
        encoder.channelReset(id, code, text, refused);
        framesSent++;
    }

    /**
     * The beginning of a DATA frame of so many bytes of a message, which follow as
     * {@link #content}.
     */
    void data(int id, int flags, int handleToName, Envelope envelope, int count, int total, long nowNs) {
        encoder.data(id, flags, handleToName, envelope, count, total, nowNs);
        framesSent++;
    }

    /** Bytes of a message, by their place in it. */
    void content(OutgoingMessage message, int from, int count) {
        if (count > 0) {
            message.writeTo(connection, from, count);
        }
    }

    /** A whole DATA frame, with its message. */
    void encoded(ByteBuffer frame) {
        encoder.encoded(frame);
        framesSent++;
    }

    // ---- others

    void credit(int id, long limit) {
        encoder.credit(id, limit);
    }

    void cancel(int id, int handle, Envelope request) {
        encoder.cancel(id, handle, request);
    }
}
