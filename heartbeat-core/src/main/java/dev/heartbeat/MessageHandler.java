package dev.heartbeat;

import java.nio.ByteBuffer;

/**
 * Receives the messages that nodes send to the server.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface MessageHandler {

    /**
     * A whole message from a node. Threads as in {@link NodeListener}; while it blocks, the node is
     * pushed back by credit.
     *
     * @param from the node, as it was known when the message came
     * @param message the content; the buffer belongs to the application
     */
    void onMessage(Node from, ByteBuffer message);
}
