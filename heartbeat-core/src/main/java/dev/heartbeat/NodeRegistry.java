package dev.heartbeat;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The nodes a server knows now: those that are registered, and for a while those that are OFFLINE ({@link HeartbeatServer.Builder#offlineRetention}). Every method may be called from any thread and none waits for an event loop.
 */
public interface NodeRegistry {

    /** The node of this id; empty if it is neither registered here nor OFFLINE and still known. */
    Optional<Node> find(String id);

    /** How many nodes are in this state, in constant time. {@link NodeState#OFFLINE} counts those that are still known, or whose end is not yet told. */
    long count(NodeState state);

    /** How many are ONLINE or SUSPECT, in constant time. */
    default long size() {
        return count(NodeState.ONLINE) + count(NodeState.SUSPECT);
    }

    /**
     * All nodes, those included that are OFFLINE and still known, each as it is when the stream reaches it. Nothing is stopped or locked; nodes that come or go meanwhile may
     * or may not be seen.
     */
    Stream<Node> stream();
}
