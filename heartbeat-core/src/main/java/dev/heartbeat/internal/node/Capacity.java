package dev.heartbeat.internal.node;

import dev.heartbeat.internal.frame.MetadataMap;
import dev.heartbeat.internal.node.Admission.Refusal;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The room that all nodes together may take: how many they may be, and how many bytes of the heap
 * their registrations may hold; and the {@link Quota} of each principal and address. It counts
 * whoever is known, however: connected, by a gateway, in grace, or OFFLINE and kept. Any thread may
 * ask.
 *
 * <p>The bytes are estimates, rounded up: {@code RegistrationMemoryTest} holds them against the
 * heap.
 */
public final class Capacity {
    /** An entry, its registration and its stay, and their places in tables; without the id. */
    private static final int NODE = 280;
    /** The rest of a connection of its own that was lost, while a node is in its grace. */
    static final int LOST_CONNECTION = 1_000;
    /** An entry and its tombstone, and the address that it keeps. */
    private static final int TOMBSTONE = 400;
    /** A group of its own, in which a node may be alone; without the name. */
    private static final int GROUP = 400;

    private final long maxNodes;
    private final long maxBytes;
    private final AtomicLong nodes = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final List<Quota> quotas;
    private volatile boolean closed;

    public Capacity(long maxNodes, long maxBytes) {
        this(maxNodes, maxBytes, List.of());
    }

    /** One with a share for each. */
    public Capacity(long maxNodes, long maxBytes, List<Quota> quotas) {
        this.maxNodes = maxNodes;
        this.maxBytes = maxBytes;
        this.quotas = List.copyOf(quotas);
    }

    /** Room for everybody. */
    public static Capacity unbounded() {
        return new Capacity(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** Whether no node begins a stay, room or not; those that have one may come back. */
    public void close(boolean now) {
        closed = now;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * A node that was not known begins to hold so much; false if there is no room, and nothing is
     * taken.
     */
    boolean takeNode(int size) {
        if (nodes.incrementAndGet() > maxNodes || !take(size)) {
            nodes.decrementAndGet();
            return false;
        }
        return true;
    }

    /**
     * A registration counts for whoever has it, as {@link Quota#take} says.
     *
     * @return null if it is counted; else why it is not, and nothing is
     */
    @Nullable
    Refusal takeShare(
            Registration.Owner owner,
            int bytes,
            Registration.@Nullable Owner before,
            int bytesBefore,
            boolean comesBack) {
        for (int i = 0; i < quotas.size(); i++) {
            Refusal refusal = quotas.get(i).take(owner, bytes, before, bytesBefore, comesBack);
            if (refusal != null) {
                quotas.subList(0, i).forEach(taken -> taken.giveBack(owner, 1, bytes));
                return refusal;
            }
        }
        return null;
    }

    /** A registered node's metadata become so much longer; else as above. */
    @Nullable
    Refusal takeShare(Registration.Owner owner, int bytes) {
        for (int i = 0; i < quotas.size(); i++) {
            Refusal refusal = quotas.get(i).take(owner, bytes);
            if (refusal != null) {
                quotas.subList(0, i).forEach(taken -> taken.giveBack(owner, 0, bytes));
                return refusal;
            }
        }
        return null;
    }

    /** A registration has ended, or another took its place. */
    void giveShareBack(Registration.Owner owner, int bytes) {
        quotas.forEach(quota -> quota.giveBack(owner, 1, bytes));
    }

    /** Metadata that were longer by so much are not taken after all. */
    void giveMetadataBack(Registration.Owner owner, int bytes) {
        quotas.forEach(quota -> quota.giveBack(owner, 0, bytes));
    }

    /** One that is known holds so much more. */
    boolean take(int size) {
        if (bytes.addAndGet(size) > maxBytes && size > 0) {
            bytes.addAndGet(-size);
            return false;
        }
        return true;
    }

    /** One that is known holds so much more, whether there is room or not. */
    void takeAnyway(int size) {
        bytes.addAndGet(size);
    }

    void giveBack(int size) {
        bytes.addAndGet(-size);
    }

    void giveBackNode(int size) {
        nodes.decrementAndGet();
        giveBack(size);
    }

    public long bytes() {
        return bytes.get();
    }

    /** The bytes that a registered node holds, apart from its metadata. */
    static int ofNode(String id) {
        return NODE + id.length();
    }

    static int ofTombstone(String id) {
        return TOMBSTONE + id.length();
    }

    /**
     * The bytes that metadata hold.
     *
     * @param group the group that they name; null if they name none
     */
    static int ofMetadata(MetadataMap metadata, @Nullable String group) {
        return metadata.heapBytes() + (group == null ? 0 : GROUP + 2 * group.length());
    }
}
