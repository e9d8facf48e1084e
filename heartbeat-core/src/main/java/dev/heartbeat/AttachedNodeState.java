package dev.heartbeat;

/**
 * The state of an {@link AttachedNode}.
 *
 * @since 0.1
 */
public enum AttachedNodeState {
    /**
     * Not registered at present: the client is not, the answer is awaited, or the gateway does not
     * vouch for it.
     */
    WAITING,
    /** The server knows it. */
    REGISTERED,
    /** For good: detached, sent away, refused, or the client was closed. */
    ENDED
}
