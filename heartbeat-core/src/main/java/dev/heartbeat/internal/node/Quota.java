package dev.heartbeat.internal.node;

import dev.heartbeat.internal.node.Admission.Refusal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one key may have: one principal, or one address. It bounds the registered nodes and the bytes
 * of their metadata. A node in its grace counts; one that is OFFLINE does not. Any thread.
 */
public final class Quota {
    private final Limit nodes;
    private final Limit metadata;
    private final Function<Registration.Owner, @Nullable Object> keyOf;
    /** As large as the number of keys with nodes. */
    private final Map<Object, Held> held = new ConcurrentHashMap<>();

    /**
     * How much of one kind a key may have.
     *
     * @param maximum 0 for no limit
     * @param refusal for whoever would exceed it
     */
    public record Limit(long maximum, Refusal refusal) {
        private boolean allows(long amount) {
            return maximum == 0 || amount <= maximum;
        }
    }

    private record Held(int nodes, long bytes) {
        private @Nullable Held plus(int moreNodes, long moreBytes) {
            int sum = nodes + moreNodes;
            return sum == 0 ? null : new Held(sum, bytes + moreBytes);
        }
    }

    /**
     * One of which nothing is taken yet.
     *
     * @param keyOf whom a node counts for, the same for as long as it is registered; null for nobody
     */
    public Quota(Limit nodes, Limit metadata, Function<Registration.Owner, @Nullable Object> keyOf) {
        this.nodes = nodes;
        this.metadata = metadata;
        this.keyOf = keyOf;
    }

    /** Whether it bounds anything. */
    public boolean isLimit() {
        return nodes.maximum() > 0 || metadata.maximum() > 0;
    }

    /**
     * Counts a registration, to be given back at its end. A process that comes back is counted
     * beyond the limits too, unless it brings more metadata than it had.
     *
     * @param bytes of its metadata
     * @param before the registration whose place it takes, and which is given back next; null if
     *     there is none
     * @param bytesBefore of that one's metadata
     * @param comesBack whether that one is of the same process
     * @return null if it is counted; else why it is not
     */
    @Nullable
    Refusal take(
            Registration.Owner owner,
            int bytes,
            Registration.@Nullable Owner before,
            int bytesBefore,
            boolean comesBack) {
        Object key = keyOf.apply(owner);
        if (key == null) {
            return null;
        }
        boolean isSwap = before != null && key.equals(keyOf.apply(before));
        Held now = add(key, 1, bytes);
        Refusal refusal = null;
        if (!comesBack && !isSwap && !nodes.allows(now.nodes)) {
            refusal = nodes.refusal();
        } else if (bytes > (comesBack || isSwap ? bytesBefore : 0)
                && !metadata.allows(now.bytes - (isSwap ? bytesBefore : 0))) {
            refusal = metadata.refusal();
        }
        if (refusal != null) {
            subtract(key, 1, bytes);
        }
        return refusal;
    }

    /**
     * A registered node's metadata change.
     *
     * @param bytes how much longer they are; negative if they are shorter
     * @return null if that is counted; else why it is not
     */
    @Nullable
    Refusal take(Registration.Owner owner, int bytes) {
        Object key = keyOf.apply(owner);
        if (key == null || bytes == 0) {
            return null;
        }
        Held now = add(key, 0, bytes);
        if (bytes < 0 || metadata.allows(now.bytes)) {
            return null;
        }
        subtract(key, 0, bytes);
        return metadata.refusal();
    }

    /** @param nodes 1 at the end of a registration, 0 if only metadata are not taken after all */
    void giveBack(Registration.Owner owner, int nodes, int bytes) {
        Object key = keyOf.apply(owner);
        if (key != null) {
            subtract(key, nodes, bytes);
        }
    }

    private Held add(Object key, int moreNodes, long moreBytes) {
        return held.merge(key, new Held(moreNodes, moreBytes), (now, more) -> now.plus(more.nodes, more.bytes));
    }

    private void subtract(Object key, int lessNodes, long lessBytes) {
        held.computeIfPresent(key, (unused, now) -> now.plus(-lessNodes, -lessBytes));
    }

    /** The number of keys that have nodes. */
    int keys() {
        return held.size();
    }
}
