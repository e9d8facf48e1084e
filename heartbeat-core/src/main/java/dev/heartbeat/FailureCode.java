package dev.heartbeat;

/**
 * Names what failed, for programs: {@link HeartbeatException#code}. The text of the exception is
 * for people. A later version may add constants, so a {@code switch} needs a default.
 *
 * @since 0.1
 */
public enum FailureCode {
    // ---- starting

    /**
     * The server cannot listen: the port is taken, or the address is not this machine's. Free the
     * port, or choose another.
     */
    CANNOT_LISTEN(true),
    /**
     * There is no transport, it cannot start, or a library is too old. Correct the class path as
     * the text says.
     */
    CANNOT_START(false),
    /**
     * The transport of a running server was closed, or its loops were shut down by their owner.
     * Close the server, and build another on a transport that runs.
     */
    TRANSPORT_ENDED(false),

    // ---- connecting and registering

    /**
     * The server cannot be reached. The client tries again by itself, unless {@code autoReconnect}
     * is off.
     */
    CONNECT_FAILED(true),
    /**
     * The other side did not register, or did not answer a registration, in time. The client tries
     * again by itself.
     */
    HANDSHAKE_TIMEOUT(true),
    /**
     * The connection was lost. The client comes back by itself. Messages under way may have arrived
     * or not.
     */
    CONNECTION_LOST(true),
    /**
     * The other side was silent, or took no bytes, for too long. The client comes back by itself.
     */
    PEER_SILENT(true),
    /**
     * The server drains or sheds load. The client comes back by itself, at the time that the server
     * names.
     */
    SERVER_LEAVING(true),
    /** The client was closed by its own application. Build a new one. */
    CLIENT_CLOSED(false),
    /**
     * The node id is none that the server takes. Choose another: 1 to 128 characters of A-Z a-z 0-9
     * . _ : -
     */
    INVALID_NODE_ID(false),
    /**
     * The metadata are not what the protocol allows: at most 32 entries and 4 KiB. Correct them.
     */
    INVALID_METADATA(false),
    /**
     * Another process has the node id, and keeps it. Wait until it leaves, or choose another id.
     */
    NODE_ID_IN_USE(true),
    /**
     * A newer attempt of the same process has the node, or the server has seen a newer
     * registration. The client asks again.
     */
    STALE_REGISTRATION(true),
    /**
     * The server has no room for one more node, or for more metadata. The client asks again later.
     */
    NODE_CAPACITY(true),
    /**
     * The connection has as many nodes as the server takes. Attach the node to another client, or
     * detach one.
     */
    TOO_MANY_NODES(true),
    /** The server does not accept the credential. Give the client another. */
    UNAUTHORIZED(false),
    /**
     * The server does not grant this to the node: the channel, the other node or the group. Have it
     * granted, or do without.
     */
    FORBIDDEN(false),
    /** Another process registered the node id and won. Find out why two use one id. */
    REPLACED(false),
    /**
     * Another process was restored from the same snapshot, and keeps the node. Build a new client,
     * which is another process to the bus.
     */
    DUPLICATE_IDENTITY(false),
    /** The server's application disconnected the node. It says why in the text. */
    KICKED(false),
    /** The other side lacks a feature that was asked for. Update it, or do without. */
    UNSUPPORTED(false),
    /** The two sides speak no common version of the protocol. Update one of them. */
    UNSUPPORTED_VERSION(false),
    /**
     * One side broke the protocol, or speaks another one. Look for a defect, or for a wrong port.
     */
    PROTOCOL_ERROR(false),
    /** The other side failed by a defect of its own. Its log says more. */
    PEER_FAILED(true),

    // ---- messages and requests

    /** The queue is full. Send less, or wait for {@code onWritable}. */
    QUEUE_FULL(true),
    /**
     * The message is longer than a message may be. Cut it, or raise {@code maxMessageBytes} on both
     * sides.
     */
    MESSAGE_TOO_LARGE(false),
    /**
     * The channel, the client or the node's stay had ended before the message was sent. Send it
     * again when there is one.
     */
    NOT_CONNECTED(true),
    /**
     * The message gave its place in a full queue to a newer one, as the options say. Usually it is
     * out of date.
     */
    DROPPED(true),
    /**
     * The other side had no memory for the message, or gave it up as it arrived. Send it again
     * later.
     */
    NO_CAPACITY(true),
    /**
     * The other side answered that there is no reply, or the server that it does not pass the
     * request on. The text says why.
     */
    NO_REPLY(false),
    /**
     * The server did not pass a message on to another node: it does not allow that, or the node is
     * not there or takes no more.
     */
    NOT_PASSED_ON(true),

    // ---- channels

    /** The other side does not accept the channel. It says why in the text. */
    CHANNEL_REFUSED(false),
    /** One side has as many channels as it may. Close one first. */
    TOO_MANY_CHANNELS(true),
    /**
     * The channel broke a limit: a message was too large or could not be held, or one side has as
     * many channels as it may. The text says which.
     */
    CHANNEL_FAILED(true),
    /** The channel is closed. Open another where there is more to say. */
    CHANNEL_CLOSED(true),

    /** The other side named an error that this version does not know. Its text says more. */
    UNKNOWN(false);

    private final boolean retryable;

    FailureCode(boolean retryable) {
        this.retryable = retryable;
    }

    /** {@return whether doing the same again, later, can help with nothing changed} */
    public boolean isRetryable() {
        return retryable;
    }
}
