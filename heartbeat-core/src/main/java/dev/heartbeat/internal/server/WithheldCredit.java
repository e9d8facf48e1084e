package dev.heartbeat.internal.server;

import dev.heartbeat.OverloadLevel;
import dev.heartbeat.internal.loop.Timer;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The sessions of one loop that have credit coming, which the server withholds as long as it is
 * overloaded. They get it a few at a time, because what they then send comes at once.
 */
final class WithheldCredit extends Timer {
    private static final int AT_ONCE = 256;

    private final ServerLoop loop;
    private Set<ServerSession> waiting = new LinkedHashSet<>();

    WithheldCredit(ServerLoop loop) {
        this.loop = loop;
    }

    void add(ServerSession session) {
        waiting.add(session);
    }

    /** Its connection has ended. */
    void remove(ServerSession session) {
        waiting.remove(session);
    }

    /** The server withholds nothing any more. */
    void give() {
        if (!isArmed() && !waiting.isEmpty()) {
            loop.arm(this, 0);
        }
    }

    @Override
    protected void onDue(long nowNs) {
        for (int left = AT_ONCE; left > 0 && !waiting.isEmpty() && !isWithholding(); left--) {
            ServerSession oldest = waiting.iterator().next();
            waiting.remove(oldest);
            oldest.giveWithheld(); // It may be added again.
        }
        if (waiting.isEmpty()) {
            waiting = new LinkedHashSet<>(); // The room that many took.
        } else if (!isWithholding()) {
            give();
        }
    }

    private boolean isWithholding() {
        return loop.server.overload.isAt(OverloadLevel.WITHHOLDING);
    }
}
