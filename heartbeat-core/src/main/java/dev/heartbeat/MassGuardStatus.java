package dev.heartbeat;

import java.time.Duration;
import java.util.Objects;

/**
 * The mass guard's activity at one moment, and since it engaged.
 *
 * @param phase what becomes of a verdict that is due
 * @param suspects nodes SUSPECT at that moment
 * @param nodes nodes ONLINE or SUSPECT at that moment
 * @param held verdicts that wait
 * @param released verdicts that had waited and were carried out; the others were not needed any
 *     more, since their nodes came back
 * @param engagedFor for how long it has been engaged, or was when it ended
 * @since 0.1
 */
public record MassGuardStatus(Phase phase, long suspects, long nodes, long held, long released, Duration engagedFor) {

    /** Refuses null. */
    public MassGuardStatus {
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(engagedFor, "engagedFor");
    }

    /** The treatment of a verdict that is due. */
    public enum Phase {
        /** It is carried out at once: the guard is not engaged. */
        PASSING,
        /** It waits. */
        HOLDING,
        /** It waits for its turn: those that wait are carried out at a bounded rate. */
        RELEASING
    }

    /** {@return whether verdicts wait} */
    public boolean isEngaged() {
        return phase != Phase.PASSING;
    }
}
