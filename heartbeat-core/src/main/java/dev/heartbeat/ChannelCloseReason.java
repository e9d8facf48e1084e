package dev.heartbeat;

/**
 * Says why a {@link Channel} was closed. {@link CloseReason} says it of a connection.
 *
 * @since 0.1
 */
public enum ChannelCloseReason {
    /** Both sides ended, and everything was delivered. */
    COMPLETED,
    /** The other side did not accept it. */
    REFUSED,
    /** The server does not grant it to the node, or no more since the node renewed its credential. */
    FORBIDDEN,
    /** The application of this side reset it, or refused it. */
    RESET,
    /** The application of the other side reset it. */
    RESET_BY_PEER,
    /**
     * A message was too large or could not be held, a rule was broken, or there was no room for one
     * more channel.
     */
    FAILED,
    /** The connection it was on is over. */
    CONNECTION_LOST
}
