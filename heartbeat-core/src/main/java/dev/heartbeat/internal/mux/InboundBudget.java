package dev.heartbeat.internal.mux;

import java.util.concurrent.atomic.AtomicLong;

/** What all connections of a server or client together may hold of messages larger than their windows. Shared by all loops. */
public final class InboundBudget {
    private final AtomicLong free;

    public InboundBudget(long bytes) {
        free = new AtomicLong(bytes);
    }

    /** What is refused takes nothing meanwhile, or a message that fits could be refused beside one that does not. */
    boolean tryReserve(long bytes) {
        long before = free.get();
        while (before >= bytes) {
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
