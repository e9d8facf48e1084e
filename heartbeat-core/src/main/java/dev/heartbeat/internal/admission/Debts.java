package dev.heartbeat.internal.admission;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Times by key that run off by themselves: until a bucket is full again, or a ban is over. One that
 * has run off is forgotten within two spans, without a walk: of two generations, the older is
 * dropped when each of it has run off.
 *
 * <p>The number of keys is bounded, and nobody can have a running time forgotten. Keys beyond the
 * bound share times by their hash, or find no place, as the caller wants. For one thread at a time.
 */
final class Debts<K extends Comparable<K>> {
    private static final int SHARED = 1024;

    private final int maximum;
    private final long longestNs;
    private Map<K, Time> young = new HashMap<>();
    private Map<K, Time> old = new HashMap<>();
    private Time @Nullable [] shared;
    private long turnedNs;
    private boolean began;

    private static final class Time {
        long endNs;
    }

    /**
     * An empty one.
     *
     * @param maximum the number of keys
     * @param longestNs the longest time
     */
    Debts(int maximum, long longestNs) {
        this.maximum = maximum;
        this.longestNs = longestNs;
    }

    /** What is left of the time; 0 if it has run off. */
    long leftNs(K key, long nowNs) {
        if (longestNs == 0) {
            return 0;
        }
        turn(nowNs);
        Time time = young.get(key);
        if (time == null) {
            time = old.get(key);
        }
        if (time == null && shared != null) {
            time = sharedBy(key);
        }
        return time == null ? 0 : Math.max(0, Math.min(longestNs, time.endNs - nowNs));
    }

    /** Sets the time that is left. */
    void set(K key, long nowNs, long leftNs) {
        if (longestNs > 0 && !keep(key, nowNs, leftNs)) {
            end(sharedBy(key), nowNs, leftNs);
        }
    }

    /** Sets the time that is left; false if the key finds no place of its own. */
    boolean keep(K key, long nowNs, long leftNs) {
        if (longestNs == 0) {
            return false;
        }
        turn(nowNs);
        Time time = own(key);
        if (time == null) {
            return false;
        }
        end(time, nowNs, leftNs);
        return true;
    }

    private void end(Time time, long nowNs, long leftNs) {
        time.endNs = nowNs + Math.min(longestNs, leftNs);
    }

    /** Nothing is left of the key's own time. */
    void forget(K key) {
        young.remove(key);
        old.remove(key);
    }

    /** The key's own, in the younger generation; null if it finds no place. */
    private @Nullable Time own(K key) {
        Time time = young.get(key);
        if (time != null) {
            return time;
        }
        time = old.remove(key);
        if (time == null && size() < maximum) {
            time = new Time();
        }
        if (time != null) {
            young.put(key, time);
        }
        return time;
    }

    int size() {
        return young.size() + old.size();
    }

    private void turn(long nowNs) {
        if (began && nowNs - turnedNs < longestNs) {
            return;
        }
        // After two spans without a call, both have run off.
        old = began && nowNs - turnedNs < 2 * longestNs ? young : new HashMap<>();
        young = new HashMap<>();
        turnedNs = nowNs;
        began = true;
    }

    private Time sharedBy(K key) {
        if (shared == null) {
            Time[] times = new Time[SHARED];
            for (int i = 0; i < SHARED; i++) {
                times[i] = new Time();
            }
            shared = times;
        }
        int hash = key.hashCode() * 0x9E3779B9;
        return shared[hash >>> 22];
    }
}
