package dev.heartbeat.internal.client;

import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.auth.CredentialProvider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The nodes that a client speaks for, in the order in which they were attached. Any thread. */
final class AttachedNodes {
    private final Client client;
    private final Map<String, Attached> byId = new LinkedHashMap<>();
    private boolean closed;

    AttachedNodes(Client client) {
        this.client = client;
    }

    /**
     * Speaks for a node from now on.
     *
     * @throws IllegalStateException if the client or its transport is closed
     * @throws IllegalArgumentException if it cannot be attached
     */
    Attached attach(
            String nodeId,
            Map<String, String> metadata,
            @Nullable CredentialProvider credentials,
            AttachedNodeListener listener) {
        ClientIdentity.requireNodeId(nodeId);
        Map<String, String> checked = ClientIdentity.checked(metadata);
        if (nodeId.equals(client.options.nodeId())) {
            throw new IllegalArgumentException("node " + nodeId + " is the client itself");
        }
        Attached node = new Attached(
                client, nodeId, checked, client.credentialsOf(credentials), listener, client.newIncarnation());
        add(node);
        if (!client.onLoop(node)) {
            remove(node);
            throw new IllegalStateException("the client's transport is closed");
        }
        return node;
    }

    /**
     * Adds a node.
     *
     * @throws IllegalStateException if the client is closed
     * @throws IllegalArgumentException if a node of this id is attached
     */
    private synchronized void add(Attached node) {
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
