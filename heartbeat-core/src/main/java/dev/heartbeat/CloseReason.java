package dev.heartbeat;

/**
 * Says why a connection ended, seen from the side that reports it. {@link ChannelCloseReason} says
 * it of a channel.
 *
 * @since 0.1
 */
public enum CloseReason {
    /** This side closed it in order. */
    LOCAL,
    /** The peer ended the stream without a word. */
    PEER_CLOSED,
    /** The socket failed: reset, unreachable. */
    CONNECTION_LOST,
    /** It could not be opened. */
    CONNECT_FAILED,
    /** It was opened, but not registered in time. */
    HANDSHAKE_TIMEOUT,
    /** Nothing whole was heard of the peer for the heartbeat timeout. */
    TIMEOUT,
    /** The peer took no bytes for the write-stall timeout. */
    WRITE_STALLED,
    /** One side broke the protocol; one ERROR was sent. */
    PROTOCOL_ERROR,
    /** The first bytes were not of this protocol; nothing was answered. */
    FOREIGN_PROTOCOL,
    /** The node unregistered. */
    UNREGISTERED,
    /** The registration was refused for good. */
    REFUSED,
    /** Another process registered the same node id and won. */
    REPLACED,
    /**
     * Another process runs with the very identity of this one, and each took the node from the
     * other: both were restored from one snapshot. The one that connected last keeps the node; this
     * one stays away. A client that is built anew has an identity of its own.
     */
    DUPLICATE_IDENTITY,
    /** The server's application disconnected the node. */
    KICKED,
    /** The server asked to go away: it drains, or sheds load. */
    GO_AWAY,
    /**
     * The node's grant expired, and no other credential came in time. A client comes back with the
     * next one.
     */
    EXPIRED,
    /** This server or client is shutting down. */
    SHUTDOWN
}
