package dev.heartbeat.internal.node;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a claim: with a registration, or with a refusal.
 *
 * @param displaced the registration it took the place of
 * @param replaced whether that belonged to another process, whose stay is over
 */
public record Admission(
        @Nullable Registration registration,
        @Nullable Refusal refusal,
        @Nullable Registration displaced,
        boolean replaced) {

    /** Why a claim came to nothing. */
    public enum Refusal {
        /** A later attempt of the same process is registered, or was until its stay ended. */
        STALE_ATTEMPT,
        /** This process was sent away for good, and did not hear of it. */
        KICKED,
        /** Another process is registered, and the policy favours it. */
        ID_IN_USE,
        /** Another process took the id over since this one was registered last. */
        REPLACED,
        /** The epoch it claims to have had lies too far in the future. */
        IMPLAUSIBLE_EPOCH,
        /** It is not granted to whoever claims it, or belongs to another principal. */
        UNAUTHORIZED,
        /** There is no room for one node more, or for what it says of itself. */
        NO_CAPACITY,
        /** Its principal has as many nodes as it may. */
        NODES_OF_PRINCIPAL,
        /** Its address has as many nodes as it may. */
        NODES_OF_ADDRESS,
        /** The nodes of its principal have as many bytes of metadata as they may. */
        METADATA_OF_PRINCIPAL,
        /** The nodes of its address have as many bytes of metadata as they may. */
        METADATA_OF_ADDRESS,
        /** The server is overloaded, and the node has no stay that would go on. */
        OVERLOADED
    }

    static Admission refused(Refusal why) {
        return new Admission(null, why, null, false);
    }

    static Admission granted(Registration registration, @Nullable Registration displaced, boolean replaced) {
        return new Admission(registration, null, displaced, replaced);
    }
}
