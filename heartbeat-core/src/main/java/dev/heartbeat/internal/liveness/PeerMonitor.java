package dev.heartbeat.internal.liveness;

import dev.heartbeat.internal.loop.LogicalClock;
import dev.heartbeat.internal.loop.Timer;

/**
 * Watches one peer for silence; the server watches each node with one, the client its server. It
 * knows no socket: its owner reports what was heard, and receives its verdicts.
 *
 * <pre>
 *               heard                     heard
 *             ┌───────┐             ┌──────────────┐
 *             ▼       │             ▼              │
 *   start ─▶ ALIVE ───┴──silent──▶ SUSPECT ────────┴──silent for the timeout──▶ STOPPED (given up)
 *             │                     │
 *             └────── lost ─────────┴──▶ LOST ──────── grace over ────────────▶ STOPPED (given up)
 * </pre>
 *
 * {@link #stop} leads to STOPPED from everywhere, without a verdict.
 *
 * <p>A sign of life writes one field. The timer is not touched: when it is due, it looks how long
 * the silence is by now and arms itself for the rest, so a peer costs about one look per timeout
 * however often it beats. Confined to its loop.
 */
public abstract class PeerMonitor extends Timer {
    private enum State {
        ALIVE,
        SUSPECT,
        LOST,
        STOPPED
    }

    private State state = State.ALIVE;

    /** Logical time of the last sign of life; in LOST, when the grace begins to run. */
    private long lastHeardNs;

    /** The watch that it shares with its like. */
    protected abstract Watch watch();

    /** Begins to watch, as if it was heard now. */
    public final void start() {
        lastHeardNs = watch().clock().nowNs();
        armFor(0);
    }

    /**
     * The time since somebody else spoke for it; for ever for a peer that only speaks for itself.
     */
    protected long othersSilentNs() {
        return Long.MAX_VALUE;
    }

    /**
     * The time for which a frame under way has gained too little to put the verdict off; for ever
     * without such a frame.
     */
    protected long underWayNs() {
        return Long.MAX_VALUE;
    }

    /** The peer is silent; one probe may change that. */
    protected abstract void onSuspect();

    /** It was heard again; {@link #silentNs} is still that of the silence before. */
    protected abstract void onRecovered();

    /**
     * The silence, or the grace after a loss, has lasted too long.
     *
     * @return false to hold the verdict, until it is {@linkplain #pass passed} or
     *     {@link #onReprieved}
     */
    protected abstract boolean onGivenUp(boolean lost);

    /** No verdict is due, or not any more: the peer was heard, or lost, or is no longer watched. */
    protected void onReprieved() {}

    /** The part that all monitors of a kind on a loop share, kept out of each. */
    public interface Watch {
        LogicalClock clock();

        FailureDetector detector();

        /** The time a lost peer may take to come back. */
        long graceNs();

        void arm(Timer timer, long delayNs);

        void cancel(Timer timer);
    }

    /** A sign of life: the hot path, a field write. */
    public final void heard() {
        long nowNs = watch().clock().nowNs();
        if (state != State.ALIVE) {
            heardAgain();
        }
        lastHeardNs = nowNs;
    }

    private void heardAgain() {
        if (state == State.SUSPECT) {
            state = State.ALIVE;
            // The deadline that is armed now is that of the timeout, which is not earlier than the
            // next look must be.
            armFor(0);
            onReprieved();
            onRecovered();
        }
    }

    /** The connection is gone. From now on only the grace counts, once. */
    public final void lost() {
        if (state == State.STOPPED || state == State.LOST) {
            return;
        }
        state = State.LOST;
        lastHeardNs = watch().clock().nowNs() + watch().clock().aftermathNs();
        onReprieved();
        armForGrace();
    }

    public final void stop() {
        state = State.STOPPED;
        onReprieved();
        watch().cancel(this);
    }

    /** For how long the peer has been suspected, or lost; negative if it is neither. */
    protected final long suspectedNs() {
        return switch (state) {
            case SUSPECT -> Math.max(0, silentNs() - watch().detector().suspectAfterNs());
            case LOST -> Math.max(0, silentNs());
            case ALIVE, STOPPED -> -1;
        };
    }

    /**
     * The time for which nothing was heard; where the connection is gone, for how long the grace
     * has run.
     */
    public final long silentNs() {
        return Math.min(watch().clock().nowNs() - lastHeardNs, Math.min(othersSilentNs(), underWayNs()));
    }

    @Override
    protected final void onDue(long nowNs) {
        long silent = silentNs();
        switch (state) {
            case ALIVE -> lookAtAlive(silent);
            case SUSPECT -> lookAtSuspect(silent);
            case LOST -> lookAtLost();
            case STOPPED -> {}
        }
    }

    private void lookAtAlive(long silent) {
        armFor(silent);
        // Even when the timeout has passed too: every stay ends with SUSPECT before OFFLINE, and with a probe
        // unanswered.
        if (watch().detector().judge(silent) != FailureDetector.Verdict.ALIVE) {
            state = State.SUSPECT;
            onSuspect();
        }
    }

    private void lookAtSuspect(long silent) {
        if (watch().detector().judge(silent) == FailureDetector.Verdict.GONE) {
            giveUp(false);
        } else {
            armFor(silent);
        }
    }

    private void lookAtLost() {
        if (silentNs() >= watch().graceNs()) {
            giveUp(true);
        } else {
            armForGrace();
        }
    }

    private void armForGrace() {
        watch().arm(this, watch().graceNs() - silentNs());
    }

    private void giveUp(boolean lost) {
        if (onGivenUp(lost)) {
            stop();
        }
    }

    /** Whether it is silent, and not yet given up. */
    public final boolean isSuspected() {
        return state == State.SUSPECT;
    }

    /**
     * Looks again after this time, whatever was planned. Does nothing to one that is not suspected.
     */
    public final void lookAgainAfter(long delayNs) {
        if (state == State.SUSPECT) {
            watch().arm(this, delayNs);
        }
    }

    /** Asks again for a verdict that was held. */
    public final void pass() {
        giveUp(state == State.LOST);
    }

    private void armFor(long silent) {
        watch().arm(this, watch().detector().untilNextVerdictNs(silent));
    }
}
