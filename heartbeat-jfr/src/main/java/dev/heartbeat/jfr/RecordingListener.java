package dev.heartbeat.jfr;

import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;

/** Makes events of what a listener hears. */
final class RecordingListener implements NodeListener {

    @Override
    public void onMassGuard(MassGuardStatus status) {
        MassGuardEvent.of(status).commit();
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        if (reason == OfflineReason.REPLACED) {
            TakeoverEvent.of(node).commit();
        }
    }

    @Override
    public void onDuplicateIdentity(Node node) {
        DuplicateIdentityEvent.of(node).commit();
    }
}
