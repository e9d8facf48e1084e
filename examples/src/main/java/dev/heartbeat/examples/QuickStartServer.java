package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import java.nio.charset.StandardCharsets;

/** Prints who comes, what they say, and who is gone. */
public final class QuickStartServer implements NodeListener {

    /** Runs until it is interrupted; the port may be given. */
    public static void main(String[] args) {
        HeartbeatServer.builder()
                .port(args.length > 0 ? Integer.parseInt(args[0]) : 9501)
                .listener(new QuickStartServer())
                .onMessage((from, message) ->
                        System.out.println(from.id() + " says " + StandardCharsets.UTF_8.decode(message)))
                .start();
    }

    @Override
    public void onOnline(Node node) {
        System.out.println(node.id() + " is online");
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        System.out.println(node.id() + " is gone: " + reason);
    }
}
