package dev.heartbeat;

import java.nio.ByteBuffer;

/**
 * Hears what happens to one attached node. Calls are in order and never concurrent for one node, on
 * the transport's worker threads; they may block, which delays that node's calls only, until what
 * the server may send ahead on the connection is used up. An exception from one is logged and
 * affects nothing else.
 *
 * @since 0.1
 */
public interface AttachedNodeListener {

    /** The server knows the node now. Called again after every reconnect, with a new epoch. */
    default void onRegistered(long epoch) {}

    /** A message from the server. The buffer belongs to the application. */
    default void onMessage(ByteBuffer message) {}

    /**
     * A message from another node, which the server has passed on. The buffer belongs to the
     * application.
     */
    default void onNodeMessage(String fromNodeId, ByteBuffer message) {}

    /**
     * The server, or another node through it, asks for a reply. It may be given now or later, by
     * any thread.
     */
    default void onRequest(Request request) {
        request.fail("the node does not answer requests");
    }

    /** A message was refused as {@link SendResult#FULL}, and half of the queue is free again. */
    default void onWritable() {}

    /**
     * The server refused its registration, or an update. Either {@link #onEnded} follows at once,
     * or the registration is tried again later. A listener for which sixteen of them wait already
     * does not hear of more.
     */
    default void onRefused(HeartbeatException error) {}

    /**
     * A message that {@link AttachedNode#trySend} had accepted was not delivered, or not as a
     * whole. The buffer belongs to the application again. A message that the server refused
     * ({@link UndeliveredException.Reason#REFUSED}) comes here too, even if its
     * {@link AttachedNode#send} had completed; then as a view of its buffer.
     */
    default void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {}

    /** The last call: it is not registered any more, and does not come back. */
    default void onEnded(CloseReason reason) {}
}
