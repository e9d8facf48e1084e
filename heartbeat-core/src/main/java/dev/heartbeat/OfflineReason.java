package dev.heartbeat;

/**
 * Why a node became {@link NodeState#OFFLINE}.
 *
 * @since 0.1
 */
public enum OfflineReason {
    /** Connected, but silent for the whole heartbeat timeout. */
    TIMEOUT,
    /** Its connection was lost and it did not come back within the grace. */
    CLOSED,
    /** It said goodbye. */
    UNREGISTERED,
    /** Another process registered the same id and won. */
    REPLACED,
    /** The application asked for it: {@link HeartbeatServer#kick}. */
    KICKED,
    /** Its credential is no longer accepted. */
    UNAUTHORIZED,
    /**
     * Its grant expired. It showed no other credential, and did not come back within the grace.
     */
    EXPIRED,
    /** It broke the protocol and was disconnected. */
    PROTOCOL_ERROR,
    /** It is now observed by another server. */
    MOVED,
    /** This server stops: the node may well be alive, but is no longer observed here. */
    SHUTDOWN
}
