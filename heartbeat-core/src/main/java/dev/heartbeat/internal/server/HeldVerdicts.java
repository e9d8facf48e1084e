package dev.heartbeat.internal.server;

import dev.heartbeat.internal.loop.Timer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The verdicts on nodes of one loop that the mass guard holds, the oldest first. One timer asks for
 * all of them how many may pass, until the guard is at rest; each of them waits without one.
 */
final class HeldVerdicts extends Timer {
    private static final long ASK_EVERY_NS = 100_000_000;

    /** Carried out in one turn before the sockets are looked at again. */
    private static final int PASSING_PER_TURN = 1024;

    private final ServerLoop loop;
    /** With the logical time since when each waits. */
    private Map<NodeBinding, Long> waiting = new LinkedHashMap<>();
    /** Whose verdict is carried out just now. */
    private @Nullable NodeBinding passing;

    HeldVerdicts(ServerLoop loop) {
        this.loop = loop;
    }

    /**
     * Whether the verdict, which is due, must wait; it is then carried out from here, unless it is
     * {@linkplain #withdraw withdrawn} before.
     */
    boolean holds(NodeBinding binding) {
        if (binding == passing || !loop.server.guard.holds(loop.shard.nowNs())) {
            return false;
        }
        waiting.put(binding, loop.clock().nowNs());
        if (!isArmed()) {
            loop.arm(this, ASK_EVERY_NS);
        }
        return true;
    }

    /** The verdict is not due any more, if it was. */
    void withdraw(NodeBinding binding) {
        if (waiting.remove(binding) != null) {
            loop.server.guard.withdraw();
        }
    }

    @Override
    protected void onDue(long nowNs) {
        int wanted = Math.min(waiting.size(), PASSING_PER_TURN);
        int allowed = loop.server.guard.release(wanted, nowNs);
        for (int i = 0; i < allowed; i++) {
            carryOutOldest();
        }
        boolean more = carryOutExpired(PASSING_PER_TURN - allowed);
        if (waiting.isEmpty()) {
            waiting = new LinkedHashMap<>(); // The room that many took.
        }
        if (!waiting.isEmpty() || !loop.server.guard.isAtRest()) {
            loop.arm(this, more || allowed == PASSING_PER_TURN ? 0 : ASK_EVERY_NS);
        }
    }

    /**
     * No verdict waits for longer than the maximum, however often the guard engages meanwhile. Says
     * whether there may be more of them.
     */
    private boolean carryOutExpired(int limit) {
        long maximumNs = loop.server.options.massGuardMaxHold().toNanos() - ASK_EVERY_NS;
        for (int i = 0; i < limit; i++) {
            if (waiting.isEmpty()
                    || loop.clock().nowNs() - waiting.values().iterator().next() < maximumNs) {
                return false;
            }
            loop.server.guard.expire();
            carryOutOldest();
        }
        return true;
    }

    private void carryOutOldest() {
        NodeBinding oldest = waiting.keySet().iterator().next();
        waiting.remove(oldest);
        passing = oldest;
        try {
            oldest.pass();
        } finally {
            passing = null;
        }
    }
}
