package dev.heartbeat.testkit;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/**
 * One direction of a connection: the sender's buffer, the way, and the receiver's buffer. Bytes
 * arrive in order and are never lost while both ends live; what cannot pass waits and is sent again
 * when it can.
 */
final class Pipe {
    /** The end of the stream, and a reset, travel behind the bytes as marks of their own. */
    private static final byte[] END = new byte[0];

    private static final byte[] RESET = new byte[0];

    /** Bytes of a packet, as an Ethernet has them. */
    private static final int PACKET = 1448;

    /** The longest that the kernel waits, after the way is open again, before it tries it. */
    private static final long MAX_RETRANSMISSION_NS = 400_000_000;

    private final Simulation simulation;
    private final SimConnection from;
    private final SimConnection to;

    private final Queue<Segment> travelling = new ArrayDeque<>(2);
    private final Queue<byte[]> received = new ArrayDeque<>(2);
    private int receivedOffset;
    private int receivedBytes;
    /** Bytes the sender's kernel has taken and does not know to be read. */
    private int inKernel;
    /** Read, but the way back is silent, so the sender does not know. */
    private int unacknowledged;

    private long lastArrivalNs;
    private boolean ended;

    private static final class Segment {
        final byte[] bytes;
        final long arrivesNs;

        Segment(byte[] bytes, long arrivesNs) {
            this.bytes = bytes;
            this.arrivesNs = arrivesNs;
        }
    }

    Pipe(Simulation simulation, SimConnection from, SimConnection to) {
        this.simulation = simulation;
        this.from = from;
        this.to = to;
    }

    private Host sender() {
        return from.host();
    }

    private Host receiver() {
        return to.host();
    }

    // ---- the sender's end

    int room() {
        return Math.max(0, simulation.settings(sender(), receiver()).socketBuffer() - inKernel);
    }

    void send(byte[] bytes) {
        inKernel += bytes.length;
        if (simulation.settings(sender(), receiver()).bytesPerSecond() == 0) {
            travel(bytes);
            return;
        }
        // Bytes that take their time arrive by and by, as packets do.
        for (int at = 0; at < bytes.length; at += PACKET) {
            travel(Arrays.copyOfRange(bytes, at, Math.min(at + PACKET, bytes.length)));
        }
    }

    void end() {
        travel(END);
    }

    void reset() {
        travel(RESET);
    }

    private void travel(byte[] bytes) {
        if (ended) {
            return;
        }
        ended = bytes == END || bytes == RESET;
        LinkSettings link = simulation.settings(sender(), receiver());
        long takesNs = link.latency().toNanos();
        if (!link.jitter().isZero()) {
            takesNs += simulation.random().nextLong(link.jitter().toNanos() + 1);
        }
        long arrivesNs = Math.max(lastArrivalNs, simulation.nowNs() + takesNs);
        if (link.bytesPerSecond() > 0) {
            arrivesNs += bytes.length * 1_000_000_000L / link.bytesPerSecond();
        }
        lastArrivalNs = arrivesNs;
        travelling.add(new Segment(bytes, arrivesNs));
        to.loop().arriveAt(arrivesNs, this);
    }

    // ---- the way

    /** The time of a segment has come. */
    void arrive() {
        if (simulation.isSilent(sender(), receiver())) {
            simulation.holdBack(this);
            return;
        }
        boolean news = false;
        while (!travelling.isEmpty() && travelling.peek().arrivesNs <= simulation.nowNs()) {
            accept(travelling.remove().bytes);
            news = true;
        }
        if (news && !receiver().isOff()) {
            to.onArrival();
        }
    }

    private void accept(byte[] bytes) {
        if (receiver().isOff()) {
            return; // Nobody is there to answer either.
        }
        if (to.isClosed()) {
            if (bytes != RESET) {
                to.answerWithReset();
            }
            return;
        }
        if (bytes == RESET) {
            // Bytes that have not been read are lost with the connection.
            received.clear();
            receivedBytes = 0;
        }
        WireTap tap = simulation.tap();
        if (tap != null && bytes.length > 0) {
            tap.onArrival(receiver(), to.loop().index(), to.remoteAddress(), bytes, bytes.length);
        }
        received.add(bytes);
        receivedBytes += bytes.length;
    }

    /** The way is open again: what waited is tried after a while, as the kernel's timer has it. */
    void retransmit() {
        long againNs = simulation.nowNs() + simulation.random().nextLong(MAX_RETRANSMISSION_NS);
        lastArrivalNs = Math.max(lastArrivalNs, againNs);
        to.loop().arriveAt(lastArrivalNs, this);
        int known = unacknowledged;
        unacknowledged = 0;
        acknowledge(known);
    }

    // ---- the receiver's end

    boolean isEmpty() {
        return received.isEmpty();
    }

    int unreadBytes() {
        return receivedBytes;
    }

    boolean isAtEnd() {
        return received.peek() == END;
    }

    boolean isAtReset() {
        return received.peek() == RESET;
    }

    /** Reads up to {@code max} bytes; returns how many. */
    int read(byte[] target, int max) {
        int count = 0;
        while (count < max && !received.isEmpty() && !isAtEnd() && !isAtReset()) {
            byte[] head = received.peek();
            int part = Math.min(max - count, head.length - receivedOffset);
            System.arraycopy(head, receivedOffset, target, count, part);
            count += part;
            receivedOffset += part;
            if (receivedOffset == head.length) {
                received.remove();
                receivedOffset = 0;
            }
        }
        receivedBytes -= count;
        acknowledge(count);
        return count;
    }

    private void acknowledge(int bytes) {
        if (bytes == 0) {
            return;
        }
        if (simulation.isSilent(receiver(), sender())) {
            unacknowledged += bytes;
            simulation.holdBack(this);
            return;
        }
        inKernel -= bytes;
        if (from.hasBacklog()) {
            simulation.after(simulation.settings(receiver(), sender()).latency(), from::onRoom);
        }
    }
}
