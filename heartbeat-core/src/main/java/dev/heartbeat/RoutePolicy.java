package dev.heartbeat;

/**
 * Decides which nodes may send to which through the server.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RoutePolicy {

    /**
     * {@return whether a message, a request or an answer of one node is passed on to another} An
     * answer needs permission like everything else. Threads as in {@link NodeListener}.
     *
     * @param from the sender, as it is known now
     * @param toNodeId whom it is for, registered or not
     */
    boolean allows(Node from, String toNodeId);
}
