package dev.heartbeat;

/**
 * The outcome of a message at the moment it was offered.
 *
 * @since 0.1
 */
public enum SendResult {
    /**
     * The bus owns the buffer until the message has left or was reported as undelivered; the caller
     * must not touch it again.
     */
    ACCEPTED,
    /** The queue is at its bound; the caller keeps the message. */
    FULL,
    /**
     * There is no such node, it is offline, or the server stops and sends it away; or the client is
     * closed. The caller keeps the message.
     */
    CLOSED,
    /** Larger than a message may be; the caller keeps it. */
    TOO_LARGE
}
