package dev.heartbeat.internal.liveness;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Doubts the observer before the fleet: when a large part of all nodes is suspected at once, the network or this host is the likelier culprit, and verdicts
 * of silence are held for a while. It concerns verdicts of timeout and grace only; whoever says goodbye, is kicked or replaced goes at once.
 *
 * <p>It engages when a verdict is due while more than {@code share} of the nodes, and more than {@code minimum}, are suspected. It ends by itself:
 * as soon as fewer are, or when it has held for {@code maxHoldNs}; then verdicts pass until the suspects are below the threshold, and only after that
 * can it engage again. A longest hold of zero switches it off. Shared by all loops.
 */
public final class MassGuard {
    private static final Logger LOG = LoggerFactory.getLogger(MassGuard.class);

    /** More time than this between two questions is not counted as holding: this process may have been stopped. */
    private static final long MAX_STEP_NS = 1_000_000_000;

    private enum State {
        PASSING,
        HOLDING,
        RELEASING
    }

    private final double share;
    private final long minimum;
    private final long maxHoldNs;

    private State state = State.PASSING;
    private long askedNs;
    private long heldNs;
    private long engagements;

    public MassGuard(double share, long minimum, long maxHoldNs) {
        this.share = share;
        this.minimum = minimum;
        this.maxHoldNs = maxHoldNs;
    }

    /** Whether a verdict that is due now must wait. */
    public synchronized boolean holds(long suspects, long nodes, long nowNs) {
        boolean many = areMany(suspects, nodes);
        switch (state) {
            case PASSING -> {
                if (many) {
                    engage(suspects, nodes, nowNs);
                }
            }
            case HOLDING -> {
                heldNs += Math.max(0, Math.min(nowNs - askedNs, MAX_STEP_NS));
                askedNs = nowNs;
                if (!many) {
                    end(suspects, nodes);
                } else if (heldNs >= maxHoldNs) {
                    LOG.warn(
                            "mass guard: {} of {} nodes still suspected after the longest hold; releasing",
                            suspects,
                            nodes);
                    state = State.RELEASING;
                }
            }
            case RELEASING -> {
                if (!many) {
                    state = State.PASSING;
                }
            }
        }
        return state == State.HOLDING;
    }

    /** Fewer are suspected than before: those whose verdicts were held or passed may be well again, and then nobody asks any more. */
    public synchronized void relax(long suspects, long nodes) {
        if (areMany(suspects, nodes)) {
            return;
        }
        if (state == State.HOLDING) {
            end(suspects, nodes);
        }
        state = State.PASSING;
    }

    private boolean areMany(long suspects, long nodes) {
        return maxHoldNs > 0 && suspects > minimum && suspects > share * nodes;
    }

    private void end(long suspects, long nodes) {
        LOG.info("mass guard: {} of {} nodes suspected, verdicts pass again", suspects, nodes);
        state = State.PASSING;
    }

    private void engage(long suspects, long nodes, long nowNs) {
        LOG.warn(
                "mass guard: {} of {} nodes suspected at once; holding verdicts, as the fault is likelier on this side",
                suspects,
                nodes);
        state = State.HOLDING;
        askedNs = nowNs;
        heldNs = 0;
        engagements++;
    }

    public synchronized boolean isHolding() {
        return state == State.HOLDING;
    }

    public synchronized long engagements() {
        return engagements;
    }
}
