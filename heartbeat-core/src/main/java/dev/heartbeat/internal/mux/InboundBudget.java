package dev.heartbeat.internal.mux;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all connections of a server or client together may hold beyond their first
 * windows: of messages larger than these, and of windows that are wider. Shared by all loops.
 *
 * <p>Connections of one origin share a part. A part has no fixed size, because a fleet behind one
 * router may have the budget to itself. It is bounded by what it leaves to others instead.
 */
public final class InboundBudget {
    /**
     * An origin takes at most so many times what it leaves free. One alone gets three quarters, and
     * several never get everything.
     */
    private static final int TIMES_LEFT = 3;

    private final long total;
    private final long perConnection;
    private long free;
    /** Only those that have taken something. */
    private final Map<Object, Taken> byOrigin = new HashMap<>();

    private volatile boolean withheld;

    private static final class Taken {
        long bytes;
    }

    /** One for a single connection, which may take it all. */
    public InboundBudget(long bytes) {
        this(bytes, 1, 0);
    }

    /**
     * @param parts of which each connection may take one
     * @param promised what each may take however small that is
     */
    public InboundBudget(long bytes, int parts, long promised) {
        total = bytes;
        perConnection = Math.max(bytes / parts, promised);
        free = bytes;
    }

    /** Whether senders get credit for what was handled only later. */
    public void withhold(boolean now) {
        withheld = now;
    }

    boolean isWithheld() {
        return withheld;
    }

    long perConnection() {
        return perConnection;
    }

    /**
     * A refused message takes nothing meanwhile, or a message that fits could be refused beside one
     * that does not.
     *
     * @param origin of the connection; null where it shares no part
     */
    boolean tryReserve(@Nullable Object origin, long bytes) {
        return tryReserve(origin, bytes, 0);
    }

    /** For what is good to have and not needed: half of the budget is kept from it. */
    boolean tryReserveSpare(@Nullable Object origin, long bytes) {
        return tryReserve(origin, bytes, total / 2);
    }

    private synchronized boolean tryReserve(@Nullable Object origin, long bytes, long keep) {
        if (free - bytes < keep || !leavesEnough(origin, bytes)) {
            return false;
        }
        free -= bytes;
        if (origin != null && bytes > 0) {
            byOrigin.computeIfAbsent(origin, key -> new Taken()).bytes += bytes;
        }
        return true;
    }

    /** The first message of an origin only has to fit, as that of a single connection does. */
    private boolean leavesEnough(@Nullable Object origin, long bytes) {
        Taken taken = origin == null ? null : byOrigin.get(origin);
        return taken == null || taken.bytes + bytes <= TIMES_LEFT * (free - bytes);
    }

    synchronized void release(@Nullable Object origin, long bytes) {
        free += bytes;
        Taken taken = origin == null ? null : byOrigin.get(origin);
        if (taken != null) {
            taken.bytes -= bytes;
            if (taken.bytes == 0) {
                byOrigin.remove(origin);
            }
        }
    }

    /** The number of origins that have taken something. */
    synchronized int origins() {
        return byOrigin.size();
    }
}
