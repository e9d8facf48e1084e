package dev.heartbeat.examples;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.HeartbeatClient;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Speaks for three sensors over its own connection; to the server each of them is a node like any
 * other.
 */
public final class Gateway {
    private Gateway() {}

    /** Runs until it is interrupted; the port may be given. */
    public static void main(String[] args) {
        HeartbeatClient gateway = HeartbeatClient.builder()
                .server("127.0.0.1", args.length > 0 ? Integer.parseInt(args[0]) : 9501)
                .nodeId("gateway-1")
                .connect();
        for (String id : new String[] {"sensor-1", "sensor-2", "sensor-3"}) {
            AttachedNode sensor = gateway.attach(id, Map.of("behind", "gateway-1"), new AttachedNodeListener() {
                @Override
                public void onRegistered(long epoch) {
                    System.out.println(id + " is registered");
                }
            });
            sensor.trySend(StandardCharsets.UTF_8.encode("hello"));
            // sensor.reportAlive(false) when the sensor is silent: the server gives up this node
            // alone.
        }
    }
}
