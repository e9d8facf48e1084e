package dev.heartbeat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A node that a client speaks for over its own connection, as a gateway:
 * {@link HeartbeatClient#attach}. The server sees a node like any other, with an epoch, a state and
 * messages of its own; it costs no connection, no timer and no heartbeat of its own.
 *
 * <p>It is registered as soon as the client is, and again after each reconnect, until it has
 * {@linkplain AttachedNodeState#ENDED ended}. Every method may be called from any thread.
 *
 * @since 0.1
 */
public interface AttachedNode {

    /** {@return its id, unique on the bus} */
    String id();

    /** {@return its current state} */
    AttachedNodeState state();

    /** {@return the fencing token of its last registration; 0 before the first} */
    long epoch();

    /**
     * Offers a message from this node to the server. As {@link HeartbeatClient#trySend}, with a
     * queue of its own under the client's bounds; what is not delivered comes back through
     * {@link AttachedNodeListener#onUndelivered}. A message that has left when the server gives
     * this node up may have arrived or not, as with a lost connection.
     *
     * @return whether the message was accepted, and if not, why
     */
    SendResult trySend(ByteBuffer message);

    /**
     * As {@link HeartbeatClient#sendAll(List)}, with the queue of this node.
     *
     * @return the result of each message, in the same order; unmodifiable
     */
    List<SendResult> sendAll(List<ByteBuffer> messages);

    /**
     * As {@link HeartbeatClient#send}.
     *
     * @return a future that completes when the socket has taken the message
     */
    CompletableFuture<Void> send(ByteBuffer message);

    /**
     * As {@link HeartbeatClient#request}.
     *
     * @return a future of the reply
     */
    CompletableFuture<ByteBuffer> request(ByteBuffer message, Duration timeout);

    /**
     * As {@link HeartbeatClient#trySend(String, ByteBuffer)}.
     *
     * @return whether the message was accepted, and if not, why
     */
    SendResult trySend(String toNodeId, ByteBuffer message);

    /**
     * As {@link HeartbeatClient#sendAll(String, List)}, with the queue of this node.
     *
     * @return the result of each message, in the same order; unmodifiable
     * @throws IllegalArgumentException if that is no node id
     */
    List<SendResult> sendAll(String toNodeId, List<ByteBuffer> messages);

    /**
     * As {@link HeartbeatClient#request(String, ByteBuffer, Duration)}.
     *
     * @return a future of the reply
     */
    CompletableFuture<ByteBuffer> request(String toNodeId, ByteBuffer message, Duration timeout);

    /**
     * Opens a channel of this node, as {@link HeartbeatClient#openChannel}. The client's builder
     * sets the acceptors of those that the server opens to it.
     *
     * @return the channel, which is OPENING
     */
    Channel openChannel(String name, ChannelOptions options, ChannelListener listener);

    /**
     * Replaces the node's metadata. If changes come faster than they can be sent, only the newest
     * is sent.
     *
     * @throws IllegalArgumentException if the protocol does not allow it: at most 32 entries and 4
     *     KiB
     */
    void updateMetadata(Map<String, String> metadata);

    /**
     * Says whether the gateway vouches for the node, as it does from the beginning. While it does
     * not, its heartbeats leave the node out: the server suspects it, and gives it up when the
     * timeout has passed. The connection and its other nodes go on. When the gateway vouches for it
     * again, it recovers, or is registered anew.
     */
    void reportAlive(boolean alive);

    /**
     * Sends what was accepted, says goodbye for this node alone, and ends it; completes when its
     * listener has heard of that. While the client is not connected, the server cannot be notified:
     * the node then ends here at once, and on the server when the grace of its lost connection is
     * over. Idempotent.
     *
     * @return a future that completes when the node is detached
     */
    CompletableFuture<Void> detachAsync();
}
