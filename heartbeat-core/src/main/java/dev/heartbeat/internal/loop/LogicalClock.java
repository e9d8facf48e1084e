package dev.heartbeat.internal.loop;

/**
 * The clock by which peers are judged. It follows the monotonic clock, except that it does not
 * advance while this process itself was stopped: by a long garbage collection, SIGSTOP, a blocked
 * event loop, a suspended machine. The peers' frames meanwhile wait in the sockets and must be read
 * before anybody is judged.
 *
 * <p>A loop knows until when it meant to sleep. Waking up in time, or earlier for a socket, is no
 * stall; waking later than {@value #MAX_LAG_MS} ms after is. The clock counts only that lag of a
 * stall.
 */
public final class LogicalClock {
    private static final long MAX_LAG_MS = 250;

    /**
     * Lateness a busy loop may have; well under any interval between heartbeats, well over what
     * scheduling takes.
     */
    public static final long MAX_LAG_NS = MAX_LAG_MS * 1_000_000;

    /**
     * For so long after a stall, what is lost is lost because of it: the peers gave up, and their
     * ends are only now read.
     */
    private static final long AFTERMATH_NS = 5_000_000_000L;

    private long realNs;
    private long logicalNs;
    private long stalls;
    private long creditedNs;
    private long lostToStallsNs;
    private long lastStallEndNs;

    public LogicalClock(long nowNs) {
        realNs = nowNs;
        logicalNs = nowNs;
    }

    /**
     * The monotonic clock was read.
     *
     * @param plannedNs until when the loop meant to sleep
     * @return how long this process was stopped; 0 if it was not
     */
    public long advance(long nowNs, long plannedNs) {
        long elapsed = nowNs - realNs;
        long planned = plannedNs == Long.MAX_VALUE ? Long.MAX_VALUE - MAX_LAG_NS : Math.max(0, plannedNs - realNs);
        realNs = nowNs;
        if (elapsed <= planned + MAX_LAG_NS) {
            logicalNs += elapsed;
            return 0;
        }
        logicalNs += MAX_LAG_NS;
        stalls++;
        long stalledNs = elapsed - MAX_LAG_NS;
        // Catching up with a long stall may take so long that it looks like another; the first one
        // still counts then.
        lostToStallsNs = aftermathNs() + stalledNs;
        lastStallEndNs = logicalNs;
        creditedNs += stalledNs;
        return stalledNs;
    }

    /**
     * The time that a peer that is lost now is to be given on top of its grace. After a stall it is
     * the stall's length (after several in a row, theirs), for so long the peers' backoff has been
     * growing; otherwise 0.
     */
    public long aftermathNs() {
        return stalls > 0 && logicalNs - lastStallEndNs < AFTERMATH_NS ? lostToStallsNs : 0;
    }

    /** Logical now; comparable only with other values of the same clock, by subtraction. */
    public long nowNs() {
        return logicalNs;
    }

    /** The monotonic now it was advanced to last. */
    public long realNs() {
        return realNs;
    }

    public long stalls() {
        return stalls;
    }

    public long creditedNs() {
        return creditedNs;
    }
}
