package dev.heartbeat;

/**
 * The state of a {@link Channel}.
 *
 * @since 0.1
 */
public enum ChannelState {
    /** The other side has not answered yet; messages may be sent, and wait. */
    OPENING,
    /** Both sides may send, until each has ended. */
    OPEN,
    /** For good. Messages that arrived before can still be received. */
    CLOSED
}
