package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;

/**
 * The limit up to which the peer may send.
 *
 * <p>Invariant: {@code withheld <= consumed <= received <= granted}, and {@code granted} is the
 * highest that {@code consumed - withheld + window + reserved} ever was when it was sent.
 */
final class ReceiveWindow {
    private static final long MAX_FRAME = Register.MIN_CREDIT;

    private long window;
    private long received;
    private long consumed;
    /** The part of what was consumed for which the peer may not send as much again yet. */
    private long withheld;

    private long reserved;
    private long granted;
    /** Whether the next limit is worth telling however little it adds. */
    private boolean widened;

    ReceiveWindow(long window) {
        this.window = window;
        granted = window;
    }

    long size() {
        return window;
    }

    long consumed() {
        return consumed;
    }

    /** The bytes that came and were not consumed. */
    long unconsumed() {
        return received - consumed;
    }

    /** Bytes came that count against the limit. */
    void receive(int bytes) throws ProtocolException {
        if (bytes > granted - received) {
            throw new ProtocolException(
                    ErrorCode.CREDIT_EXCEEDED, "DATA up to offset " + (received + bytes) + ", the limit is " + granted);
        }
        received += bytes;
    }

    /** The application has consumed bytes, or they were dropped: the peer may send as many more. */
    void take(long bytes) {
        consumed += bytes;
    }

    /** Of what was consumed, so much more does not count for now. */
    void withhold(long bytes) {
        withheld += bytes;
    }

    /** All that was consumed counts. */
    void giveWithheld() {
        withheld = 0;
    }

    boolean isWithholding() {
        return withheld > 0;
    }

    /**
     * Makes room beyond the window for a message that is being assembled; undone with a negative
     * number when it is complete.
     */
    void reserve(long bytes) {
        reserved += bytes;
    }

    /** From now on it is so much wider. */
    void widen(long bytes) {
        window += bytes;
        widened = true;
    }

    /** A promise stays; but no more is until as much was consumed. */
    void narrow(long bytes) {
        window -= bytes;
    }

    /**
     * Whether enough has come together to be worth a CREDIT frame: half of the window, or less
     * where the peer may be waiting for room for a frame of full size.
     */
    boolean isGrantDue() {
        long more = limit() - granted;
        return more > 0 && (widened || more >= window / 2 || peerMayWaitFor(more));
    }

    private long limit() {
        return consumed - withheld + window + reserved;
    }

    /**
     * It has no room for a frame of full size and would have, and the new limit adds more than a
     * crumb, or is the last one.
     */
    private boolean peerMayWaitFor(long more) {
        long room = granted - received;
        return room < MAX_FRAME
                && room + more >= MAX_FRAME
                && (more >= Math.min(window / 4, MAX_FRAME) || unconsumed() == 0);
    }

    /** The new limit, to be sent to the peer. */
    long grant() {
        granted = limit();
        widened = false;
        return granted;
    }
}
