package dev.heartbeat.internal.mux;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that all connections of a server or client together may hold beyond their first
 * windows: of messages larger than these, and of windows that are wider. Shared by all loops.
 */
public final class InboundBudget {
    private final long total;
    private final AtomicLong free;

    private final long perConnection;

    private volatile boolean withheld;

    /** One for a single connection, which may take it all. */
    public InboundBudget(long bytes) {
        this(bytes, 1);
    }

    /**
     * @param parts of which each connection may take one
     */
    public InboundBudget(long bytes, int parts) {
        total = bytes;
        perConnection = bytes / parts;
        free = new AtomicLong(bytes);
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
     */
    boolean tryReserve(long bytes) {
        return tryReserve(bytes, 0);
    }

    /** For what is good to have and not needed: half of the budget is kept from it. */
    boolean tryReserveSpare(long bytes) {
        return tryReserve(bytes, total / 2);
    }

    private boolean tryReserve(long bytes, long keep) {
        long before = free.get();
        while (before - bytes >= keep) {
            if (free.compareAndSet(before, before - bytes)) {
                return true;
            }
            before = free.get();
        }
        return false;
    }

    void release(long bytes) {
        free.addAndGet(bytes);
    }
}
