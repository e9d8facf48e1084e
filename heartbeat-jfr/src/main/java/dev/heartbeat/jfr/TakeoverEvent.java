package dev.heartbeat.jfr;

import dev.heartbeat.Node;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** Another process registered a node's id, and won. */
@Name("dev.heartbeat.Takeover")
@Label("Takeover")
@Description("Another process registered the id of a node and won; the fields are those of the replaced one")
final class TakeoverEvent extends HeartbeatEvent {
    @Label("Node Id")
    @Nullable
    String nodeId;

    @Label("Epoch")
    long epoch;

    @Label("Remote Address")
    @Nullable
    String remoteAddress;

    static TakeoverEvent of(Node replaced) {
        TakeoverEvent event = new TakeoverEvent();
        if (event.isEnabled()) {
            event.nodeId = replaced.id();
            event.epoch = replaced.epoch();
            event.remoteAddress = String.valueOf(replaced.remoteAddress());
        }
        return event;
    }
}
