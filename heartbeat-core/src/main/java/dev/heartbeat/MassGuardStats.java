package dev.heartbeat;

import dev.heartbeat.internal.server.ServerCounts;
import java.time.Duration;

/**
 * The mass guard's activity now and since the start: {@link ServerStats#massGuard}.
 *
 * The numbers are those of one moment, read one after the other while the loops go on, so they may
 * differ by what happened in between. Immutable.
 *
 * @since 0.1
 */
public final class MassGuardStats {
    private final long engagements;
    private final MassGuardStatus status;
    private final long verdictsHeld;
    private final Duration engagedTime;
    private final Measure hold;

    MassGuardStats(ServerCounts counts) {
        engagements = counts.guardEngagements();
        status = counts.guardStatus();
        verdictsHeld = counts.guardVerdicts();
        engagedTime = counts.guardTime();
        hold = counts.guardHold();
    }

    /** {@return the number of times that verdicts were held, as too many were due at once} */
    public long engagements() {
        return engagements;
    }

    /** {@return the guard's status now} */
    public MassGuardStatus status() {
        return status;
    }

    /** {@return verdicts that were ever held} */
    public long verdictsHeld() {
        return verdictsHeld;
    }

    /** {@return the time for which verdicts were held, altogether} */
    public Duration engagedTime() {
        return engagedTime;
    }

    /** {@return the time for which the guard was engaged each time} */
    public Measure hold() {
        return hold;
    }

    /** {@return whether verdicts are being held now, or released one after the other} */
    public boolean isEngaged() {
        return status.isEngaged();
    }

    /** All names and values. */
    @Override
    public String toString() {
        return new StatsText()
                .with("engagements", engagements)
                .with("status", status)
                .with("verdictsHeld", verdictsHeld)
                .with("engagedTime", engagedTime)
                .with("hold", hold)
                .toString();
    }
}
