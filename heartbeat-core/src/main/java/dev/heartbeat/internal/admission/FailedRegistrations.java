package dev.heartbeat.internal.admission;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.net.InetSocketAddress;

/**
 * Credentials that were not accepted, by node id and source. They hold up no other: not the id from
 * elsewhere, which anybody can claim, and not another id from there. Nor do they hold up the next
 * credential of the same, which may be right: who guesses is only asked to wait longer each time.
 * Any thread.
 */
public final class FailedRegistrations {
    private static final int MAX_KEYS = 65_536;

    /** A failure is forgotten after so long, one after the other. */
    private static final long FORGOTTEN_NS = MINUTES.toNanos(1);

    /** The second failure is answered with this; each that follows with twice as much. */
    private static final long FIRST_WAIT_MILLIS = SECONDS.toMillis(1);

    private static final long LONGEST_WAIT_MILLIS = MINUTES.toMillis(1);

    /** More of them make no wait longer. */
    private static final int MAX_FAILURES = 8;

    /** Keys beyond the bound share times by their hash: at worst somebody is asked to wait too long. */
    private final Debts<Claimant> claimants = new Debts<>(MAX_KEYS, MAX_FAILURES * FORGOTTEN_NS);

    private final Debts<Source> sources = new Debts<>(MAX_KEYS, FORGOTTEN_NS);

    /** Counts a failure; returns the milliseconds to wait before the next attempt, 0 for not to say. */
    public synchronized long failed(InetSocketAddress from, String id, long nowNs) {
        Claimant claimant = Claimant.of(from, id);
        long leftNs = Math.min(MAX_FAILURES * FORGOTTEN_NS, claimants.leftNs(claimant, nowNs) + FORGOTTEN_NS);
        claimants.set(claimant, nowNs, leftNs);
        sources.set(claimant.source(), nowNs, FORGOTTEN_NS);
        int before = (int) ((leftNs - 1) / FORGOTTEN_NS);
        return before == 0 ? 0 : Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << (before - 1));
    }

    /** A credential was accepted, so the failures before it are forgotten. */
    public synchronized void succeeded(InetSocketAddress from, String id) {
        claimants.forget(Claimant.of(from, id));
    }

    /** Whether a credential from there was not accepted of late, whatever the id. */
    public synchronized boolean areRecent(InetSocketAddress from, long nowNs) {
        return sources.leftNs(Source.of(from), nowNs) > 0;
    }
}
