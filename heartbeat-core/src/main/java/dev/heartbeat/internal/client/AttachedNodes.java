package dev.heartbeat.internal.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The nodes that a client speaks for, in the order in which they were attached. Any thread. */
final class AttachedNodes {
    private final Map<String, Attached> byId = new LinkedHashMap<>();
    private boolean closed;

    /**
     * Adds a node.
     *
     * @throws IllegalStateException if the client is closed
     * @throws IllegalArgumentException if a node of this id is attached
     */
    synchronized void add(Attached node) {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        if (byId.putIfAbsent(node.id(), node) != null) {
            throw new IllegalArgumentException("node " + node.id() + " is attached already");
        }
    }

    synchronized void remove(Attached node) {
        byId.remove(node.id(), node);
    }

    synchronized boolean contains(Attached node) {
        return byId.get(node.id()) == node;
    }

    synchronized List<Attached> all() {
        return List.copyOf(byId.values());
    }

    /** Takes no more nodes. */
    synchronized void close() {
        closed = true;
    }
}
