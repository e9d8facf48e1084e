package dev.heartbeat.internal.queue;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** One count for each constant of an enum. Any thread. */
// A client has several of these, so a count takes a long and no object.
@SuppressWarnings("EnumOrdinal")
public final class CountsBy<E extends Enum<E>> {
    private final Class<E> type;
    private final AtomicLongArray counts;

    public CountsBy(Class<E> type) {
        this.type = type;
        counts = new AtomicLongArray(type.getEnumConstants().length);
    }

    public void add(E of) {
        counts.getAndIncrement(of.ordinal());
    }

    /** The counts now; unmodifiable. */
    public Map<E, Long> read() {
        return readWith(Map.of());
    }

    /** The counts now, added to those; unmodifiable. */
    public Map<E, Long> readWith(Map<E, Long> others) {
        Map<E, Long> sum = new EnumMap<>(type);
        for (E of : type.getEnumConstants()) {
            sum.put(of, counts.get(of.ordinal()) + others.getOrDefault(of, 0L));
        }
        return Collections.unmodifiableMap(sum);
    }
}
