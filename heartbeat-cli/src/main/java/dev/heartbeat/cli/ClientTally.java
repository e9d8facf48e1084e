package dev.heartbeat.cli;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Adds up what happens to the clients of one process, and makes their periodic line of numbers. */
final class ClientTally {
    private static final long MAX_MICROS = Duration.ofMinutes(1).toNanos() / 1000;
    private static final int DIGITS = 2;

    final AtomicLong online = new AtomicLong();
    final AtomicLong suspect = new AtomicLong();
    final LongAdder registrations = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder disconnects = new LongAdder();
    private final int nodes;
    /** The nodes that have no connection of their own, with their events. */
    private final Queue<Attached> attached = new ConcurrentLinkedQueue<>();

    private final Recorder rtts = new Recorder(MAX_MICROS, DIGITS);

    ClientTally(int nodes) {
        this.nodes = nodes;
    }

    void attached(AttachedNode node, AttachedEvents events) {
        attached.add(new Attached(node, events));
    }

    /**
     * Nobody is notified when a node loses a connection that is another's, so those are counted
     * when somebody asks.
     */
    private long attachedOnline() {
        return attached.stream().filter(Attached::isOnline).count();
    }

    void heartbeat(Duration rtt) {
        rtts.recordValue(Math.min(rtt.toNanos() / 1000, MAX_MICROS));
    }

    /** The numbers now, and the round trips since the last call. */
    EventLine line(boolean wholeHistogram) {
        Histogram interval = rtts.getIntervalHistogram();
        return EventLine.now("stats")
                .with("nodes", nodes)
                .with("online", online.get() + attachedOnline())
                .with("suspect", suspect.get())
                .with("registrations", registrations.sum())
                .with("disconnects", disconnects.sum())
                .with("reconnects", reconnects.sum())
                .with("heartbeats", interval.getTotalCount())
                .with("rttP50Us", interval.getValueAtPercentile(50))
                .with("rttP99Us", interval.getValueAtPercentile(99))
                .with("rttMaxUs", interval.getMaxValue())
                .with("rttHistogram", wholeHistogram ? encode(interval) : null);
    }

    private record Attached(AttachedNode node, AttachedEvents events) {
        /**
         * A node whose registration is not counted yet is not online yet: otherwise one line shows
         * more nodes online than registrations.
         */
        boolean isOnline() {
            return events.hasRegistered() && node.state() == AttachedNodeState.REGISTERED;
        }
    }

    /** An empty histogram that takes what {@link #decode} returns. */
    static Histogram histogram() {
        return new Histogram(MAX_MICROS, DIGITS);
    }

    static String encode(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    static Histogram decode(String encoded) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(encoded)), MAX_MICROS);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("not a histogram: " + encoded, e);
        }
    }
}
