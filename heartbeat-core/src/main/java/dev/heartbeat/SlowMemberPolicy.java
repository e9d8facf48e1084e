package dev.heartbeat;

/**
 * Says what becomes of a message to a group when the queue of a member is full, since the member
 * takes less than is sent to it: {@link NodeGroups#setSlowMemberPolicy}.
 *
 * @since 0.1
 */
public enum SlowMemberPolicy {
    /** The member does not get this message; what waits for it stays. The default. */
    SKIP,
    /**
     * The member gets this message, and for it the oldest of those that wait for it are taken out,
     * whoever sent them; {@link NodeListener#onUndelivered} reports each. The member is skipped
     * while as many drops as a queue holds are yet to be reported.
     */
    DROP_OLDEST,
    /**
     * The member does not get this message, and leaves the group if it was joined to it. One that
     * is in it by its metadata stays, and is skipped: its metadata are its own to say.
     */
    REMOVE
}
