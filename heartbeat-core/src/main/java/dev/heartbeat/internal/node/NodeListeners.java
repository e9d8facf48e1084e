package dev.heartbeat.internal.node;

import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.queue.Listeners;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Passes each event of a server on to several listeners. */
final class NodeListeners implements NodeListener {
    private final Listeners<NodeListener> all;

    private NodeListeners(Listeners<NodeListener> all) {
        this.all = all;
    }

    /**
     * One listener for all of them. A single one is used as it is.
     *
     * @param onFailure takes what a listener throws, and of whom the event was
     */
    static NodeListener of(List<NodeListener> all, BiConsumer<String, Throwable> onFailure) {
        return switch (all.size()) {
            case 0 -> new NodeListener() {};
            case 1 -> all.get(0);
            default -> new NodeListeners(new Listeners<>(all, onFailure));
        };
    }

    private void call(Node node, Consumer<NodeListener> call) {
        all.call(nameOf(node), call);
    }

    private static String nameOf(Node node) {
        return "node " + node.id();
    }

    @Override
    public void onOnline(Node node) {
        call(node, listener -> listener.onOnline(node));
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        call(node, listener -> listener.onSuspect(node, reason));
    }

    @Override
    public void onUpdated(Node node) {
        call(node, listener -> listener.onUpdated(node));
    }

    @Override
    public void onDuplicateIdentity(Node node) {
        call(node, listener -> listener.onDuplicateIdentity(node));
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        call(node, listener -> listener.onOffline(node, reason));
    }

    @Override
    public void onWritable(Node node) {
        call(node, listener -> listener.onWritable(node));
    }

    @Override
    public void onUndelivered(Node node, ByteBuffer message, Reason reason) {
        all.give(nameOf(node), message, (listener, its) -> listener.onUndelivered(node, its, reason));
    }

    @Override
    public void onMassGuard(MassGuardStatus status) {
        all.call(NodeEvents.MASS_GUARD, listener -> listener.onMassGuard(status));
    }
}
