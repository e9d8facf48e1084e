package dev.heartbeat.internal.client;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.heartbeat.internal.loop.Backoff;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Shard;

/**
 * Makes the next attempt when it is due: after the backoff, but soon while the server's grace
 * lasts, and never before the server's retry-after. The backoff begins again only after a
 * registration has lasted, so a server that accepts and drops is not hammered. Confined to the
 * loop.
 */
final class Reconnector {
    private final Backoff backoff;
    private final long resetAfterNs;
    private final Deadline attempt;

    private long registeredNs;
    private boolean registered;
    private long graceNs;
    private long lostNs;

    Reconnector(Backoff backoff, long resetAfterNs, Runnable attempt) {
        this.backoff = backoff;
        this.resetAfterNs = resetAfterNs;
        this.attempt = new Deadline(attempt);
    }

    void registered(long nowNs, long newGraceNs) {
        registered = true;
        registeredNs = nowNs;
        graceNs = newGraceNs;
    }

    /**
     * Arms the next attempt, since the connection ended or could not be made.
     *
     * @param retryAfterMillis what the server asked for; 0 if it did not
     * @return the wait in nanoseconds
     */
    long retry(Shard shard, long retryAfterMillis) {
        long delayNs = nextDelayNs(shard.nowNs(), MILLISECONDS.toNanos(retryAfterMillis));
        shard.arm(attempt, delayNs);
        return delayNs;
    }

    /** Makes no further attempt. */
    void stop(Shard shard) {
        shard.cancel(attempt);
    }

    private long nextDelayNs(long nowNs, long retryAfterNs) {
        if (registered) {
            registered = false;
            lostNs = nowNs;
            if (nowNs - registeredNs >= resetAfterNs) {
                backoff.reset();
            }
        }
        boolean awaited = graceNs > 0 && nowNs - lostNs < graceNs;
        return retryAfterNs + backoff.nextDelayNs(awaited ? graceNs / 3 : Long.MAX_VALUE);
    }
}
