package dev.heartbeat;

/**
 * Names where a server stands: {@link HeartbeatServer#state}. A server passes through them in this
 * order and never goes back; it may leave out some. A later version may add constants, so a
 * {@code switch} needs a default.
 *
 * @since 0.1
 */
public enum ServerState {
    /**
     * Built, and not listening yet: it was not started, or its start is under way. It holds nothing
     * until it is started.
     */
    NEW,
    /** It listens and serves. */
    RUNNING,
    /**
     * A shutdown or close is under way: no new node is to be sent here. It goes on as before for
     * {@link ServerSetters#drainDelay}; then it accepts no connection, and no message for a node
     * that is being sent away.
     */
    DRAINING,
    /**
     * The end of every node was told, its port is free, and a transport of its own is closed.
     * Final.
     */
    STOPPED,
    /**
     * It could not start, it could not end, or its transport ended while it was RUNNING, so that it
     * hears nobody any more. Final; {@link HeartbeatServer#failure} is the cause. A server that
     * failed while it was RUNNING ends its nodes when it is closed.
     */
    FAILED
}
