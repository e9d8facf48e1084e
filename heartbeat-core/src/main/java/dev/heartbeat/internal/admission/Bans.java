package dev.heartbeat.internal.admission;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Node ids that may not register from a source for a while. Other ids from there may, since many
 * share an address behind a router; and so may the id from elsewhere, since anybody can claim it.
 * Any thread.
 */
public final class Bans {
    /** One more is not banned: sharing a place would ban others, and it has to flood again anyway. */
    private static final int MAX_BANS = 65_536;

    /** Read without the lock, since hardly any server ever bans somebody. */
    private volatile boolean any;

    private long lengthNs;
    private Debts<Claimant> bans = new Debts<>(MAX_BANS, 0);

    /** From now on a ban lasts so long. Another length ends those in force. */
    public synchronized void last(Duration length) {
        long newLengthNs = length.toNanos();
        if (newLengthNs != lengthNs) {
            lengthNs = newLengthNs;
            bans = new Debts<>(MAX_BANS, newLengthNs);
        }
    }

    /** Begins a ban, or begins it anew. */
    public synchronized void begin(InetSocketAddress from, String id, long nowNs) {
        if (bans.keep(Claimant.of(from, id), nowNs, lengthNs)) {
            any = true;
        }
    }

    /** The milliseconds that are left of a ban, rounded up; 0 if there is none. */
    public long leftMillis(InetSocketAddress from, String id, long nowNs) {
        if (!any) {
            return 0;
        }
        Claimant claimant = Claimant.of(from, id);
        synchronized (this) {
            return TimeUnit.NANOSECONDS.toMillis(bans.leftNs(claimant, nowNs) + 999_999);
        }
    }
}
