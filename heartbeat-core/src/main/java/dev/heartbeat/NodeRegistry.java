package dev.heartbeat;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The nodes a server knows now: those that are registered, and for a while those that are OFFLINE
 * ({@link HeartbeatServer.Builder#offlineRetention}). Every method may be called from any thread
 * and none waits for an event loop.
 *
 * @since 0.1
 */
public interface NodeRegistry {

    /**
     * {@return the node of this id; empty if it is neither registered here nor OFFLINE and still
     * known}
     */
    Optional<Node> find(String id);

    /**
     * {@return the number of nodes in this state, in constant time} {@link NodeState#OFFLINE}
     * counts those that are still known, or whose end is not yet reported.
     */
    long count(NodeState state);

    /** {@return the number that are ONLINE or SUSPECT, in constant time} */
    default long size() {
        return count(NodeState.ONLINE) + count(NodeState.SUSPECT);
    }

    /**
     * All nodes, those included that are OFFLINE and still known, each as it is when the stream
     * reaches it. Nothing is stopped or locked; nodes that come or go meanwhile may or may not be
     * seen. So a million nodes can be gone through at leisure: nobody waits for it, and it holds
     * nothing.
     *
     * @return the nodes
     */
    Stream<Node> stream();

    /**
     * As {@link #stream()}, of the nodes in this state.
     *
     * @return the nodes
     */
    Stream<Node> stream(NodeState state);

    /**
     * As {@link #stream()}, of the registered nodes that say {@code value} of themselves under
     * {@code key}. It looks at every node; for what is asked often, see {@link #group}.
     *
     * @return the nodes
     */
    Stream<Node> withMetadata(String key, String value);

    /**
     * As {@link #stream()}, of the registered nodes in this group: those that say {@code name} of
     * themselves under the key that is the server's {@link HeartbeatServer.Builder#groupKey}, and
     * those that were joined to it ({@link NodeGroups}). Takes time in proportion to the group,
     * however many other nodes there are.
     *
     * @return the nodes
     */
    Stream<Node> group(String name);

    /** {@return the number of registered nodes in this group, in constant time} */
    long groupSize(String name);
}
