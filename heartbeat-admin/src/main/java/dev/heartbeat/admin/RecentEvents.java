package dev.heartbeat.admin;

import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last {@value #KEPT} events of a server's nodes, for the live page. It is a listener of
 * the server ({@link dev.heartbeat.HeartbeatServer.Builder#listener}), beside the application's
 * own, and takes no lock: a fleet that comes back pays some nanoseconds for each node. Any thread.
 *
 * @since 0.1
 */
public final class RecentEvents implements NodeListener {
    /** The number of events that are kept. */
    public static final int KEPT = 256;

    private final InstantSource clock;
    private final AtomicLong count = new AtomicLong();
    private final AtomicReferenceArray<@Nullable Event> ring = new AtomicReferenceArray<>(KEPT);

    /** Keeps events by the time of the system's clock. */
    public RecentEvents() {
        this(InstantSource.system());
    }

    RecentEvents(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Names what happened to a node.
     *
     * @since 0.1
     */
    public enum Kind {
        /** A node registered, or came back from suspicion. */
        ONLINE,
        /** A node may be gone. */
        SUSPECT,
        /** A node is gone. */
        OFFLINE,
        /** Two processes run with the node's identity. */
        DUPLICATE_IDENTITY
    }

    /**
     * One event.
     *
     * @param number the first event of a server is 1
     * @param at the time at which the listener was called
     * @param reason the reason of a suspicion or an end; null for other kinds
     * @since 0.1
     */
    public record Event(
            long number,
            Instant at,
            String nodeId,
            Kind kind,
            @Nullable String reason) {}

    @Override
    public void onOnline(Node node) {
        add(node, Kind.ONLINE, null);
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        add(node, Kind.SUSPECT, reason.name());
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        add(node, Kind.OFFLINE, reason.name());
    }

    @Override
    public void onDuplicateIdentity(Node node) {
        add(node, Kind.DUPLICATE_IDENTITY, null);
    }

    private void add(Node node, Kind kind, @Nullable String reason) {
        long number = count.incrementAndGet();
        ring.set((int) (number % KEPT), new Event(number, clock.instant(), node.id(), kind, reason));
    }

    /**
     * {@return the last events, the oldest first} One that is being written at this moment may be
     * missing.
     *
     * @param most at least 0; more than {@value #KEPT} are never returned
     * @throws IllegalArgumentException if {@code most} is negative
     */
    public List<Event> last(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("most is " + most + ", allowed is 0 or more");
        }
        List<Event> last = new ArrayList<>();
        long number = count.get();
        for (long i = number; i > Math.max(0, number - Math.min(most, KEPT)); i--) {
            Event event = ring.get((int) (i % KEPT));
            if (event != null && event.number() == i) {
                last.add(event);
            }
        }
        Collections.reverse(last);
        return last;
    }

    /** {@return the number of events ever} */
    public long count() {
        return count.get();
    }

    /** The number of events. */
    @Override
    public String toString() {
        return "RecentEvents[" + Objects.toString(count) + "]";
    }
}
