package dev.heartbeat.internal.liveness;

import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.MassGuardStatus.Phase;
import dev.heartbeat.internal.log.LogEvent;
import java.time.Duration;

/**
 * Doubts the observer before the fleet: when a large part of all nodes is suspected at once, the
 * network or this host is the likelier culprit, and verdicts of silence are held for a while. It
 * concerns verdicts of timeout and grace only; whoever says goodbye, is kicked or replaced goes at
 * once.
 *
 * <pre>
 *             a verdict is due          long enough, or few      nobody waits and few are suspected,
 *             while many are suspected  are suspected for a while  or the maximum
 *   PASSING ──────────────────────▶ HOLDING ──────────▶ RELEASING ──────────▶ PASSING; after the maximum, until
 *      ▲                              │                                       few are suspected
 *      └── nobody waits and few are ──┘
 * </pre>
 *
 * <p>Many are more than {@code share} of the nodes, and more than {@code minimum}. The maximum
 * bounds hold and release together: verdicts are held for as long as leaves time to carry them out
 * one after the other at {@code releaseRate}, but for half of it at least; and the rate is raised
 * as far as it must be for all to be over in time. If most come back, the last of them are given
 * {@code calmNs} to do so, too. So it always ends by itself. A maximum of zero switches it off.
 * Time in which nobody asked for longer than a second does not count, since this process may have
 * been stopped.
 *
 * <p>Shared by all loops. Each keeps the verdicts it holds itself, and asks often how many of them
 * may pass, until the guard {@linkplain #isAtRest is at rest}.
 */
public final class MassGuard {
    private static final LogEvent HOLDS = LogEvent.warn(
            MassGuard.class,
            "heartbeat.mass_guard.holds",
            "mass guard: {suspects} of {nodes} nodes are SUSPECT; holding OFFLINE verdicts, because this"
                    + " side is the likelier fault");
    private static final LogEvent RELEASES = LogEvent.warn(
            MassGuard.class,
            "heartbeat.mass_guard.releases",
            "mass guard: {suspects} of {nodes} nodes are SUSPECT after {millis} ms; releasing {held} verdicts");
    private static final LogEvent ENDS = LogEvent.warn(
            MassGuard.class,
            "heartbeat.mass_guard.ends",
            "mass guard: {suspects} of {nodes} nodes are SUSPECT; verdicts pass again, after {millis} ms and"
                    + " {released} released verdicts");

    private static final long SECOND_NS = 1_000_000_000;

    private final double share;
    private final long minimum;
    private final long maximumNs;
    private final double releaseRate;
    private final long calmNs;
    private final Observer observer;

    /** Read without the lock by whoever can do without a guard that is not engaged. */
    private volatile Phase phase = Phase.PASSING;
    /** It has used up its time: whatever is due passes until the suspects are few. */
    private volatile boolean spent;

    private long askedNs;
    private long engagedNs;
    /**
     * At which time of the engagement few were suspected and went on being few;
     * {@link Long#MAX_VALUE} if many are.
     */
    private long calmSinceNs;
    /** The part of {@link #engagedNs} that permits account for. */
    private long permittedNs;

    private double permits;
    private long held;
    private long released;

    private long engagements;
    private long everHeld;
    private long everEngagedNs;

    /** Hears of each change of the phase, under the guard's lock: it must only take note. */
    public interface Observer {
        void changed(MassGuardStatus status);
    }

    /**
     * @param share the share of suspected nodes from which it engages
     * @param minimum the number from which it does
     * @param maximumNs for how long it is engaged at most; 0: never
     * @param releaseRate how many verdicts that were held pass each second, if that is enough
     * @param calmNs for how long few must be suspected until verdicts that wait are released: as
     *     long as a node that is well may take to be heard
     */
    public MassGuard(double share, long minimum, long maximumNs, double releaseRate, long calmNs, Observer observer) {
        this.share = share;
        this.minimum = minimum;
        this.maximumNs = maximumNs;
        this.releaseRate = releaseRate;
        this.calmNs = calmNs;
        this.observer = observer;
    }

    /**
     * Whether a verdict that is due now must wait; if so, it counts as held until it is
     * {@linkplain #release released} or {@linkplain #withdraw withdrawn}.
     */
    public boolean holds(long suspects, long nodes, long nowNs) {
        return (!isAtRest() || areMany(suspects, nodes)) && decide(suspects, nodes, nowNs);
    }

    private synchronized boolean decide(long suspects, long nodes, long nowNs) {
        advance(suspects, nodes, nowNs);
        if (phase == Phase.PASSING) {
            if (spent || !areMany(suspects, nodes)) {
                return false;
            }
            engage(suspects, nodes, nowNs);
        }
        held++;
        everHeld++;
        return true;
    }

    /** A verdict that was held is not due any more. */
    public synchronized void withdraw() {
        held--;
    }

    /** A verdict has waited for as long as one may, over several engagements, and passes. */
    public synchronized void expire() {
        held--;
        released++;
        permits = Math.min(permits, (double) held);
    }

    /**
     * The number of a loop's held verdicts that may pass now; they count as released.
     *
     * @param wanted how many it holds, or can take on at once
     */
    public synchronized int release(int wanted, long suspects, long nodes, long nowNs) {
        advance(suspects, nodes, nowNs);
        int passing = switch (phase) {
            case PASSING -> wanted;
            case HOLDING -> 0;
            case RELEASING -> (int) Math.min(wanted, permits);
        };
        permits -= Math.min(passing, permits);
        held -= passing;
        released += passing;
        return passing;
    }

    private boolean areMany(long suspects, long nodes) {
        return maximumNs > 0 && suspects > minimum && suspects > share * nodes;
    }

    private void advance(long suspects, long nodes, long nowNs) {
        boolean many = areMany(suspects, nodes);
        spent &= many;
        if (phase == Phase.PASSING) {
            return;
        }
        passTime(nowNs);
        calmSinceNs = many ? Long.MAX_VALUE : Math.min(calmSinceNs, engagedNs);
        if (engagedNs >= maximumNs) {
            spent = many;
            end(suspects, nodes);
        } else if (held == 0 && !many) {
            end(suspects, nodes);
        } else if (phase == Phase.HOLDING && isHeldLongEnough()) {
            beginRelease(suspects, nodes);
        }
        if (phase == Phase.RELEASING) {
            grantPermits();
        }
    }

    private void passTime(long nowNs) {
        long passedNs = Math.max(0, Math.min(nowNs - askedNs, SECOND_NS));
        askedNs = nowNs - askedNs > 0 ? nowNs : askedNs;
        engagedNs += passedNs;
        everEngagedNs += passedNs;
    }

    private boolean isHeldLongEnough() {
        boolean calm = calmSinceNs != Long.MAX_VALUE && engagedNs - calmSinceNs >= calmNs;
        return calm || engagedNs >= maximumNs - releaseNs();
    }

    /** The time it takes to let those pass that wait now; half of the maximum at most. */
    private long releaseNs() {
        return Math.min((long) (held / releaseRate * SECOND_NS), maximumNs / 2);
    }

    private void grantPermits() {
        double restSeconds = (double) (maximumNs - permittedNs) / SECOND_NS;
        double rate = Math.max(releaseRate, ((double) held - permits) / restSeconds);
        permits = Math.min((double) held, permits + rate * (engagedNs - permittedNs) / SECOND_NS);
        permittedNs = engagedNs;
    }

    private void engage(long suspects, long nodes, long nowNs) {
        phase = Phase.HOLDING;
        askedNs = nowNs;
        engagedNs = 0;
        calmSinceNs = Long.MAX_VALUE;
        released = 0;
        engagements++;
        HOLDS.log(suspects, nodes);
        observer.changed(status(suspects, nodes));
    }

    private void beginRelease(long suspects, long nodes) {
        phase = Phase.RELEASING;
        permits = 0;
        permittedNs = engagedNs;
        RELEASES.log(suspects, nodes, engagedNs / 1_000_000, held);
        observer.changed(status(suspects, nodes));
    }

    private void end(long suspects, long nodes) {
        phase = Phase.PASSING;
        ENDS.log(suspects, nodes, engagedNs / 1_000_000, released);
        observer.changed(status(suspects, nodes));
    }

    /** Its status now, when so many are suspected. */
    public synchronized MassGuardStatus status(long suspects, long nodes) {
        return new MassGuardStatus(phase, suspects, nodes, held, released, Duration.ofNanos(engagedNs));
    }

    public boolean isEngaged() {
        return phase != Phase.PASSING;
    }

    /**
     * Whether nothing changes until a verdict is due. Otherwise it has to be asked again soon, even
     * by a loop that holds no verdict.
     */
    public boolean isAtRest() {
        return phase == Phase.PASSING && !spent;
    }

    /** The number of times it engaged. */
    public synchronized long engagements() {
        return engagements;
    }

    /** The number of verdicts it has held, ever. */
    public synchronized long everHeld() {
        return everHeld;
    }

    /** For how long it was engaged, altogether. */
    public synchronized long everEngagedNs() {
        return everEngagedNs;
    }
}
