package dev.heartbeat.cli;

import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;

/** Writes a line for everything that becomes of a node, and for what the mass guard does. */
final class NodeEvents implements NodeListener {
    private final LineWriter out;

    NodeEvents(LineWriter out) {
        this.out = out;
    }

    @Override
    public void onOnline(Node node) {
        EventLine line = line("online", node).with("address", Addresses.format(node.remoteAddress()));
        if (!node.metadata().isEmpty()) {
            line.with("metadata", node.metadata());
        }
        out.write(line);
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        out.write(line("suspect", node).with("reason", reason.name()));
    }

    @Override
    public void onDuplicateIdentity(Node node) {
        out.write(line("duplicateIdentity", node));
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        out.write(line("offline", node).with("reason", reason.name()));
    }

    @Override
    public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
        out.write(line("undelivered", node).with("bytes", message.remaining()));
    }

    @Override
    public void onMassGuard(MassGuardStatus status) {
        out.write(EventLine.now("massGuard")
                .with("phase", status.phase().name())
                .with("suspect", status.suspects())
                .with("nodes", status.nodes())
                .with("held", status.held())
                .with("released", status.released())
                .with("engagedForMillis", status.engagedFor().toMillis()));
    }

    private static EventLine line(String event, Node node) {
        return EventLine.now(event).with("node", node.id()).withEpoch(node.epoch());
    }
}
