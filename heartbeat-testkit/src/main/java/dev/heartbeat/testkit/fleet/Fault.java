package dev.heartbeat.testkit.fleet;

/**
 * The faults that a seed may switch on.
 *
 * @since 0.1
 */
public enum Fault {
    /** A node's process is killed and started again, as another incarnation. */
    NODE_CRASH,
    /** A node's machine loses power. */
    NODE_POWER_LOSS,
    /** A node's process is stopped for a while. */
    NODE_PAUSE,
    /** The server's process is stopped for a while. */
    SERVER_PAUSE,
    /** The server's process is killed and started again. */
    SERVER_CRASH,
    /** One of the server's event loops does nothing for a while. */
    LOOP_STALL,
    /** Wall clocks step by up to a day. */
    CLOCK_STEP,
    /** Nodes do not read for a while. */
    SLOW_READER,
    /** Nodes are cut off for a while. */
    PARTITION,
    /** Most of the fleet is cut off at once, for a while. */
    PARTITION_OF_MANY,
    /** Nodes are cut off for a while, one way. */
    ONE_WAY,
    /** Connections are reset, of one node or of all. */
    RESET,
    /** Connections vanish on one side. */
    FORGOTTEN_CONNECTION,
    /** Connecting is refused for a while. */
    REFUSED_CONNECT,
    /** The server has no file descriptors for a while. */
    NO_DESCRIPTORS,
    /** The application's callbacks on the server are slow. */
    SLOW_CALLBACKS,
    /** The application's callbacks on the server throw. */
    THROWING_CALLBACKS,
    /** A second process registers the id of a node. */
    DUPLICATE_ID,
    /** Strangers send what they like. */
    HOSTILE_PEER,
    /** The way is long and uneven. */
    BAD_LINKS,
    /** Reads give a few bytes at a time. */
    TINY_READS,
    /** Nodes leave in good order and come back. */
    GOODBYE,
    /** The application disconnects nodes. */
    KICK,
    /** The server is shut down in good order and started again. */
    SERVER_DRAIN
}
