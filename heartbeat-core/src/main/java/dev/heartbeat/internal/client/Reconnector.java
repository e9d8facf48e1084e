package dev.heartbeat.internal.client;

import dev.heartbeat.internal.loop.Backoff;

/**
 * When to come back: after the backoff, but soon while the server still waits for the node, and
 * never before the server said. The backoff begins again only after a registration has lasted, so a
 * server that accepts and drops is not hammered.
 */
final class Reconnector {
    private final Backoff backoff;
    private final long resetAfterNs;

    private long registeredNs;
    private boolean registered;
    private long graceNs;
    private long lostNs;

    Reconnector(Backoff backoff, long resetAfterNs) {
        this.backoff = backoff;
        this.resetAfterNs = resetAfterNs;
    }

    void registered(long nowNs, long newGraceNs) {
        registered = true;
        registeredNs = nowNs;
        graceNs = newGraceNs;
    }

    /**
     * The connection ended or could not be made; returns how long to wait.
     *
     * @param retryAfterNs what the server asked for; 0 if it did not
     */
    long nextDelayNs(long nowNs, long retryAfterNs) {
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
