package dev.heartbeat;

/**
 * The winner when another process (another incarnation) registers an id that is in use.
 *
 * @since 0.1
 */
public enum TakeoverPolicy {
    /**
     * The newcomer; the older one goes OFFLINE with {@link OfflineReason#REPLACED}, is notified,
     * and does not come back.
     */
    NEWEST_WINS,
    /** The older one; the newcomer is refused until the older one is OFFLINE. */
    REFUSE
}
