package dev.heartbeat.internal.session;

/**
 * The errors of narrower scope that a peer may cause: sixteen at once, and one more each minute.
 */
final class ErrorAllowance {
    private static final int MAX = 16;
    private static final long REFILL_NS = 60_000_000_000L;

    private int used;
    private long refilledNs;

    /** Counts an error; false if it is one too many. */
    boolean allows(long nowNs) {
        if (used == 0) {
            refilledNs = nowNs;
        }
        long minutes = (nowNs - refilledNs) / REFILL_NS;
        refilledNs += minutes * REFILL_NS;
        used = (int) Math.max(0, used - minutes) + 1;
        return used <= MAX;
    }
}
