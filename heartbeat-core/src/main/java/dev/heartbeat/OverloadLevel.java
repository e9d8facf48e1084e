package dev.heartbeat;

/**
 * A step that a server takes against overload. Each level does what those before it do, and more. A
 * server goes from level to level one at a time, up and down.
 *
 * @since 0.1
 */
public enum OverloadLevel {
    /** The server is not overloaded. */
    NONE,
    /**
     * Nodes get no credit for further messages; a message that has begun may arrive. Everything is
     * read as ever, so beats count.
     */
    WITHHOLDING,
    /** Nodes that are not known are told to come back later. Known nodes may come back. */
    REFUSING,
    /**
     * Connections that have not registered yet are closed little by little: those that have got
     * least far first, and of these the oldest.
     */
    SHEDDING,
    /** No connection is accepted. Those that come wait in the kernel. */
    CLOSED
}
