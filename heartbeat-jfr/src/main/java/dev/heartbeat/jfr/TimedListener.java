package dev.heartbeat.jfr;

import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;

/** Times each call of a listener. */
final class TimedListener implements NodeListener {
    private final NodeListener timed;

    TimedListener(NodeListener timed) {
        this.timed = timed;
    }

    @Override
    public void onOnline(Node node) {
        SlowCallbackEvent.time("onOnline", node, () -> timed.onOnline(node));
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        SlowCallbackEvent.time("onSuspect", node, () -> timed.onSuspect(node, reason));
    }

    @Override
    public void onUpdated(Node node) {
        SlowCallbackEvent.time("onUpdated", node, () -> timed.onUpdated(node));
    }

    @Override
    public void onDuplicateIdentity(Node node) {
        SlowCallbackEvent.time("onDuplicateIdentity", node, () -> timed.onDuplicateIdentity(node));
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        SlowCallbackEvent.time("onOffline", node, () -> timed.onOffline(node, reason));
    }

    @Override
    public void onWritable(Node node) {
        SlowCallbackEvent.time("onWritable", node, () -> timed.onWritable(node));
    }

    @Override
    public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
        SlowCallbackEvent.time("onUndelivered", node, () -> timed.onUndelivered(node, message, reason));
    }

    @Override
    public void onMassGuard(MassGuardStatus status) {
        SlowCallbackEvent.time("onMassGuard", null, () -> timed.onMassGuard(status));
    }
}
