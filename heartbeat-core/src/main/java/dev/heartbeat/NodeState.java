package dev.heartbeat;

/**
 * The server's belief about a node.
 *
 * @since 0.1
 */
public enum NodeState {
    /** Registered, connected, and heard of within the suspicion time. */
    ONLINE,
    /**
     * Silent for longer than the suspicion time, or its connection is lost; it may still come back.
     */
    SUSPECT,
    /** Gone, for the {@link OfflineReason} that was reported. */
    OFFLINE
}
