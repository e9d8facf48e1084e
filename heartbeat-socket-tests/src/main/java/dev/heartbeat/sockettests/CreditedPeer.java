package dev.heartbeat.sockettests;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A peer that sends messages on channel 0 as far as its limits go, and reads when it must have
 * more.
 */
final class CreditedPeer implements Closeable {
    final RawPeer peer;
    /** Everything it was sent but CREDIT. */
    final List<Frame> others = new ArrayList<>();

    private long sent;
    private long channelLimit;
    private long connectionLimit;

    CreditedPeer(RawPeer peer, Frame registered) {
        this.peer = peer;
        int limits = 8 + 7 * 4;
        connectionLimit = registered.reader().getLong(limits);
        channelLimit = registered.reader().getLong(limits + 8);
    }

    /** Waits for the room a frame needs, and sends it. */
    void send(Frame frame) throws IOException {
        while (sent + frame.size() > Math.min(channelLimit, connectionLimit)) {
            readOne();
        }
        sent += frame.size();
        peer.send(frame);
    }

    /** Reads until a frame of this type comes. */
    Frame next(int type) throws IOException {
        Frame frame;
        do {
            frame = readOne();
        } while (frame.type() != type);
        return frame;
    }

    private Frame readOne() throws IOException {
        Frame frame = peer.next();
        if (frame.type() != Frame.CREDIT) {
            others.add(frame);
        } else if (frame.stream() == 0) {
            channelLimit = frame.reader().getLong();
        } else {
            connectionLimit = frame.reader().getLong();
        }
        return frame;
    }

    /** Reads until both limits leave this much room. */
    void awaitRoom(long bytes) throws IOException {
        while (Math.min(channelLimit, connectionLimit) - sent < bytes) {
            readOne();
        }
    }

    /** A message in fragments of this many bytes, the last of which may be shorter. */
    void sendFragmented(String message, int fragment) throws IOException {
        send(Frame.firstFragment(message.length(), message.substring(0, fragment)));
        for (int at = fragment; at < message.length(); at += fragment) {
            int end = Math.min(at + fragment, message.length());
            Frame next = Frame.data(message.substring(at, end));
            send(end < message.length() ? next.withFlags(Frame.MORE) : next);
        }
    }

    long sent() {
        return sent;
    }

    /** Both limits, which are alike as long as only channel 0 is used. */
    long limit() {
        return Math.min(channelLimit, connectionLimit);
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
