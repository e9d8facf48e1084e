package dev.heartbeat;

/**
 * Answers what nodes ask the server.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RequestHandler {

    /**
     * A node asks for a reply, which may be given now or later, by any thread. Threads as in
     * {@link NodeListener}.
     *
     * @param from the node, as it was known when the request came
     */
    void onRequest(Node from, Request request);
}
