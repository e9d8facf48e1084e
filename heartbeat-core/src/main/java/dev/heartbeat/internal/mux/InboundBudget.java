package dev.heartbeat.internal.mux;

import java.util.concurrent.atomic.AtomicLong;

/** What all connections of a server or client together may hold of messages larger than their windows. Shared by all loops. */
public final class InboundBudget {
    private final AtomicLong free;

    public InboundBudget(long bytes) {
        free = new AtomicLong(bytes);
    }

    boolean tryReserve(long bytes) {
        if (free.addAndGet(-bytes) >= 0) {
            return true;
        }
        free.addAndGet(bytes);
        return false;
    }

    void release(long bytes) {
        free.addAndGet(bytes);
    }
}
