package dev.heartbeat.internal.node;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The number of registered nodes that one key may have: one principal, or one address. A node in its
 * grace counts; one that is OFFLINE does not. Any thread.
 */
public final class Quota {
    private final int maximum;
    private final Function<Registration.Owner, @Nullable Object> keyOf;
    /** As large as the number of keys with nodes. */
    private final Map<Object, Integer> counts = new ConcurrentHashMap<>();

    /**
     * One of which nothing is taken yet.
     *
     * @param keyOf whom a node counts for, the same for as long as it is registered; null for nobody
     */
    public Quota(int maximum, Function<Registration.Owner, @Nullable Object> keyOf) {
        this.maximum = maximum;
        this.keyOf = keyOf;
    }

    /**
     * Counts a registration, to be given back at its end.
     *
     * @param before the registration whose place it takes, and which is given back next; null if
     *     there is none
     * @param anyway whether it is counted beyond the maximum too
     * @return false if there are as many as there may be, and nothing is counted
     */
    boolean take(Registration.Owner owner, Registration.@Nullable Owner before, boolean anyway) {
        Object key = keyOf.apply(owner);
        if (key == null) {
            return true;
        }
        int count = counts.merge(key, 1, Integer::sum);
        if (count <= maximum || anyway || before != null && key.equals(keyOf.apply(before))) {
            return true;
        }
        giveBackFor(key);
        return false;
    }

    void giveBack(Registration.Owner owner) {
        Object key = keyOf.apply(owner);
        if (key != null) {
            giveBackFor(key);
        }
    }

    private void giveBackFor(Object key) {
        counts.computeIfPresent(key, (unused, count) -> count == 1 ? null : count - 1);
    }

    /** The number of keys that have nodes. */
    int keys() {
        return counts.size();
    }
}
