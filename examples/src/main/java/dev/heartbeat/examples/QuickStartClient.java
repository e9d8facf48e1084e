package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatClient;
import java.nio.charset.StandardCharsets;

/** A node that says hello and is alive from then on. */
public final class QuickStartClient {
    private QuickStartClient() {}

    /** Runs until it is interrupted; the port may be given. */
    public static void main(String[] args) {
        HeartbeatClient client = HeartbeatClient.builder()
                .server("127.0.0.1", args.length > 0 ? Integer.parseInt(args[0]) : 9501)
                .nodeId("sensor-42")
                .connect();
        client.trySend(StandardCharsets.UTF_8.encode("hello"));
        System.out.println(
                "registered, beats every " + client.registered().join().interval());
    }
}
