package dev.heartbeat.jfr;

import dev.heartbeat.Node;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** A call of the application's listener or handler that took long. */
@Name("dev.heartbeat.SlowCallback")
@Label("Slow Callback")
@Description("A call of the application took longer than the threshold")
@Threshold("20 ms")
final class SlowCallbackEvent extends HeartbeatEvent {
    @Label("Callback")
    @Nullable
    String callback;

    @Label("Node Id")
    @Nullable
    String nodeId;

    /**
     * Makes a call. It takes its own way out, by an exception too.
     *
     * @param node whose event it is; null if it is none's
     */
    static void time(String callback, @Nullable Node node, Runnable call) {
        SlowCallbackEvent event = new SlowCallbackEvent();
        event.begin();
        try {
            call.run();
        } finally {
            event.end();
            if (event.shouldCommit()) {
                event.callback = callback;
                event.nodeId = node == null ? null : node.id();
                event.commit();
            }
        }
    }
}
