package dev.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link MessageTracer} is told of a message or a request.
 *
 * @since 0.1
 */
public interface TracedMessage {

    /** {@return whether it waits for an answer} */
    boolean isRequest();

    /** {@return the node that it is for or from, as the server knows it; on a client, its own node} */
    String nodeId();

    /**
     * {@return the node at the other end, where the server passes the message on; null where the
     * server itself is}
     */
    @Nullable
    String otherNodeId();

    /** {@return the name of its channel; null for channel 0} */
    @Nullable
    String channel();

    /** {@return the length of its content, in bytes} */
    int length();
}
