package dev.heartbeat.jfr;

import dev.heartbeat.Node;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** One of two processes of one identity was sent away for good. */
@Name("dev.heartbeat.DuplicateIdentity")
@Label("Duplicate Identity")
@Description("Two processes restored from one snapshot took a node from each other; the older was sent away")
final class DuplicateIdentityEvent extends HeartbeatEvent {
    @Label("Node Id")
    @Nullable
    String nodeId;

    static DuplicateIdentityEvent of(Node node) {
        DuplicateIdentityEvent event = new DuplicateIdentityEvent();
        if (event.isEnabled()) {
            event.nodeId = node.id();
        }
        return event;
    }
}
