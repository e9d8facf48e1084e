package dev.heartbeat.internal.liveness;

/**
 * From how long a peer has been silent to what to think of it, by two fixed limits. Pure: no clock,
 * no state.
 *
 * @param suspectAfterNs silence from which a peer is suspected
 * @param timeoutNs silence from which it is given up; not less than {@code suspectAfterNs}
 */
public record FailureDetector(long suspectAfterNs, long timeoutNs) {

    /** The verdict on a peer. */
    public enum Verdict {
        ALIVE,
        SUSPECT,
        GONE
    }

    public Verdict judge(long silentNs) {
        if (silentNs < suspectAfterNs) {
            return Verdict.ALIVE;
        }
        return silentNs < timeoutNs ? Verdict.SUSPECT : Verdict.GONE;
    }

    /** The time that a peer must still be silent until the verdict can change; 0 if it cannot. */
    long untilNextVerdictNs(long silentNs) {
        return switch (judge(silentNs)) {
            case ALIVE -> suspectAfterNs - silentNs;
            case SUSPECT -> timeoutNs - silentNs;
            case GONE -> 0;
        };
    }
}
