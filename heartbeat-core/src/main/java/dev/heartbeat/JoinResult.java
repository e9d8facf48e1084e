package dev.heartbeat;

/**
 * The outcome of joining a node to a group.
 *
 * @since 0.1
 */
public enum JoinResult {
    /** It is in the group until it leaves or its stay ends. */
    JOINED,
    /** It was joined before, and stays. */
    ALREADY_JOINED,
    /**
     * It is in as many groups as a node may be joined to
     * ({@link HeartbeatServer.Builder#maxGroupsPerNode}).
     */
    TOO_MANY,
    /** It is not registered, so there is nobody to join. */
    NOT_REGISTERED
}
