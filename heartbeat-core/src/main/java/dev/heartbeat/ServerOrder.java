package dev.heartbeat;

/**
 * The order in which a client tries the servers of its list.
 *
 * @since 0.1
 */
public enum ServerOrder {
    /** That of the list: the first is the best. */
    ORDERED,
    /** Each client's own, so that clients spread over the servers. */
    SHUFFLED
}
