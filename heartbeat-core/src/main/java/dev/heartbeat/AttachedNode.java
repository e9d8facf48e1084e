package dev.heartbeat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A node that a client speaks for over its own connection, as a gateway: {@link HeartbeatClient#attach}. To the server it is a node like any other, with an epoch, a state and messages of its own; it
 * costs no connection, no timer and no heartbeat of its own.
 *
 * <p>It is registered as soon as the client is, and again after each reconnect, until it has {@linkplain State#ENDED ended}. Every method may be called from any thread.
 */
public interface AttachedNode {

    /** Where it stands. */
    enum State {
        /** Not registered at present: the client is not, the answer is awaited, or the gateway does not vouch for it. */
        WAITING,
        /** The server knows it. */
        REGISTERED,
        /** For good: detached, sent away, refused, or the client was closed. */
        ENDED
    }

    /** Its id, unique on the bus. */
    String id();

    /** Where it stands. */
    State state();

    /** The fencing token of its last registration; 0 before the first. */
    long epoch();

    /**
     * Offers a message from this node to the server. As {@link HeartbeatClient#trySend}, with a queue of its own under the client's bounds; what is not delivered comes back through {@link Listener#onUndelivered}. What has left when the server gives
     * this node up may have arrived or not, as with a lost connection.
     */
    SendResult trySend(ByteBuffer message);

    /** As {@link HeartbeatClient#send}. */
    CompletableFuture<Void> send(ByteBuffer message);

    /** As {@link HeartbeatClient#request}. */
    CompletableFuture<ByteBuffer> request(ByteBuffer message, Duration timeout);

    /** As {@link HeartbeatClient#trySend(String, ByteBuffer)}. */
    SendResult trySend(String toNodeId, ByteBuffer message);

    /** As {@link HeartbeatClient#request(String, ByteBuffer, Duration)}. */
    CompletableFuture<ByteBuffer> request(String toNodeId, ByteBuffer message, Duration timeout);

    /** Opens a channel of this node, as {@link HeartbeatClient#open}. Who decides on those that the server opens to it is said by the client's builder. */
    Channel open(String name, ChannelOptions options, ChannelListener listener);

    /**
     * Replaces all that the node tells of itself. Of changes that come faster than they can be sent the newest is.
     *
     * @throws IllegalArgumentException if the protocol does not allow it: at most 32 entries and 4 KiB
     */
    void update(Map<String, String> metadata);

    /**
     * Says whether the gateway vouches for the node, as it does from the beginning. While it does not, its heartbeats leave the node out: the server suspects it, and gives it up when the timeout has
     * passed. The connection and its other nodes go on. When the gateway vouches for it again, it recovers, or is registered anew.
     */
    void vouch(boolean alive);

    /**
     * Sends what was accepted, says goodbye for this node alone, and ends it; completes when its listener has heard of that. While the client is not connected nobody can be told: the node then ends here at
     * once, and on the server when the grace of its lost connection is over. Idempotent.
     */
    CompletableFuture<Void> detachAsync();

    /**
     * Hears what happens to one attached node. Calls are in order and never concurrent for one node, on the transport's worker threads; they may block, which delays that node's calls only, until what the
     * server may send ahead on the connection is used up. What they throw is logged and hurts nobody else.
     */
    interface Listener {

        /** The server knows the node now. Called again after every reconnect, with a new epoch. */
        default void onRegistered(long epoch) {}

        /** A message from the server. The buffer belongs to the application. */
        default void onMessage(ByteBuffer message) {}

        /** A message from another node, which the server has passed on. The buffer belongs to the application. */
        default void onNodeMessage(String fromNodeId, ByteBuffer message) {}

        /** The server, or another node through it, asks for a reply. It may be given now or later, by any thread. */
        default void onRequest(Request request) {
            request.fail("the node does not answer requests");
        }

        /** A message was refused as {@link SendResult#FULL}, and half of the queue is free again. */
        default void onWritable() {}

        /**
         * The server refused its registration, or an update. Either {@link #onEnded} follows at once, or the registration is tried again later. A listener for which sixteen of them wait already does not hear of
         * more.
         */
        default void onRefused(HeartbeatException error) {}

        /**
         * A message that {@link AttachedNode#trySend} had accepted was not delivered, or not as a whole. The buffer belongs to the application again. A message that the server refused
         * ({@link UndeliveredException.Reason#REFUSED}) comes here too, even if its {@link AttachedNode#send} had completed; then as a view of its buffer.
         */
        default void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {}

        /** The last call: it is not registered any more, and does not come back. */
        default void onEnded(CloseReason reason) {}
    }
}
