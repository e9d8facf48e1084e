package dev.heartbeat.internal.mux;

/**
 * The share that one connection takes of the {@link InboundBudget}, of which it gets a part only:
 * one that announces much and sends little must not take what all others need. Confined to the
 * connection's loop.
 */
final class InboundShare {
    private final InboundBudget budget;
    private final long limit;
    private long taken;

    /**
     * @param atLeast what it may take however small the budget is, for that is what the peer was
     *     promised
     */
    InboundShare(InboundBudget budget, long atLeast) {
        this.budget = budget;
        limit = Math.max(budget.perConnection(), atLeast);
    }

    /** Whether the peer gets credit for what was handled only later. */
    boolean isWithheld() {
        return budget.isWithheld();
    }

    boolean tryReserve(long bytes) {
        return bytes <= limit - taken && count(budget.tryReserve(bytes), bytes);
    }

    /** For what is good to have and not needed. */
    boolean tryReserveSpare(long bytes) {
        return bytes <= limit - taken && count(budget.tryReserveSpare(bytes), bytes);
    }

    private boolean count(boolean reserved, long bytes) {
        taken += reserved ? bytes : 0;
        return reserved;
    }

    void release(long bytes) {
        taken -= bytes;
        budget.release(bytes);
    }
}
