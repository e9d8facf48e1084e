package dev.heartbeat.internal.mux;

import org.jspecify.annotations.Nullable;

/**
 * The share that one connection takes of the {@link InboundBudget}, of which it gets a part only:
 * one that announces much and sends little must not take what all others need. Confined to the
 * connection's loop.
 */
final class InboundShare {
    /** Until the first reservation, which an idle node never makes. */
    private static final Object UNKNOWN = new Object();

    private final InboundBudget budget;
    private final Multiplexer.Host host;
    /** Asked for once, because what is given back is to be found where it was taken. */
    private @Nullable Object origin = UNKNOWN;

    private long taken;

    InboundShare(InboundBudget budget, Multiplexer.Host host) {
        this.budget = budget;
        this.host = host;
    }

    /** Whether the peer gets credit for what was handled only later. */
    boolean isWithheld() {
        return budget.isWithheld();
    }

    boolean tryReserve(long bytes) {
        return isWithinShare(bytes) && count(budget.tryReserve(origin(), bytes), bytes);
    }

    /** For what is good to have and not needed. */
    boolean tryReserveSpare(long bytes) {
        return isWithinShare(bytes) && count(budget.tryReserveSpare(origin(), bytes), bytes);
    }

    private boolean isWithinShare(long bytes) {
        return bytes <= budget.perConnection() - taken;
    }

    private @Nullable Object origin() {
        if (origin == UNKNOWN) {
            origin = host.origin();
        }
        return origin;
    }

    private boolean count(boolean reserved, long bytes) {
        taken += reserved ? bytes : 0;
        return reserved;
    }

    void release(long bytes) {
        if (bytes > 0) {
            taken -= bytes;
            budget.release(origin, bytes);
        }
    }
}
