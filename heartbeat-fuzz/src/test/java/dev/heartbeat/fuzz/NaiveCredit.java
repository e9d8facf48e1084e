package dev.heartbeat.fuzz;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Section 7 of the protocol's page on a receiver's credit: for one channel, or for the connection
 * and so for all of its channels.
 */
final class NaiveCredit {
    static final int FULL_FRAME = 16_396;

    private final Set<NaiveChannel> channels = new LinkedHashSet<>();
    private long window;
    private boolean widened;
    private long received;
    private long limit;
    /** The highest limit that could ever be announced. */
    private long most;

    NaiveCredit(long window) {
        this.window = window;
        limit = window;
        most = window;
    }

    /** The messages of this channel hold some of it. */
    void usedBy(NaiveChannel channel) {
        channels.add(channel);
    }

    /** False if the frame is beyond the limit. */
    boolean receive(long size) {
        if (received + size > limit) {
            return false;
        }
        received += size;
        return true;
    }

    /** A channel has come, with a window of its own (M71). */
    void widen(long bytes) {
        window += bytes;
        widened = true;
        look();
    }

    void narrow(long bytes) {
        window -= bytes;
    }

    void told(long newLimit) {
        limit = newLimit;
        widened = false;
    }

    /** The caller calls it after every change. */
    void look() {
        most = Math.max(most, target());
    }

    /** The limit that may be announced: window and reservation beyond the bytes taken. */
    long target() {
        return received
                - channels.stream().mapToLong(NaiveChannel::waiting).sum()
                + window
                + channels.stream().mapToLong(NaiveChannel::reserved).sum();
    }

    long most() {
        return most;
    }

    long limit() {
        return limit;
    }

    long received() {
        return received;
    }

    /** Whether M43 asks for a CREDIT by now. */
    boolean owes() {
        long unsent = target() - limit;
        long room = limit - received;
        boolean isCrumb = unsent < Math.min(window / 4, FULL_FRAME) && !holdsNothing();
        boolean wouldFit = room < FULL_FRAME && room + unsent >= FULL_FRAME;
        return unsent > 0 && (widened || unsent >= window / 2 || wouldFit && !isCrumb);
    }

    /** Whether no message waits to be taken. */
    boolean holdsNothing() {
        return channels.stream().allMatch(NaiveChannel::holdsNothing);
    }

    @Override
    public String toString() {
        return "told " + limit + ", received " + received + ", may be told " + target();
    }
}
