package dev.heartbeat.bench;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.bench.process.Orders;
import dev.heartbeat.nio.NioTransport;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import org.jspecify.annotations.Nullable;

/** The process of the nodes that beat, and of the one that moves bulk beside its own heartbeats. */
final class BulkFleet {
    private final Transport transport = NioTransport.start(TransportOptions.defaults());
    private final RoundTrips ofOthers = new RoundTrips();
    private final RoundTrips ofSender = new RoundTrips();
    private @Nullable HeartbeatClient client;
    private @Nullable BulkSender sender;

    private BulkFleet() {}

    public static void main(String[] args) {
        BulkFleet fleet = new BulkFleet();
        Orders.obey(fleet::answer);
    }

    private String answer(String[] words) throws Exception {
        switch (words[0]) {
            case "connect" -> {
                int port = Integer.parseInt(words[1]);
                Fleet.connect(transport, port, "node-", Integer.parseInt(words[2]), ofOthers, message -> {});
                client = Fleet.connect(transport, port, "bulk-", 1, ofSender, message -> {})
                        .get(0);
                return "connected";
            }
            case "send" -> {
                if (client == null) {
                    throw new IllegalStateException("not connected");
                }
                sender = new BulkSender(client, Integer.parseInt(words[1]), Long.parseLong(words[2]));
                sender.start();
                return "started";
            }
            case "sent" -> {
                return String.valueOf(sender == null ? 0 : sender.count());
            }
            case "times" -> {
                return ofOthers.take().toLine() + " " + ofSender.take().toLine();
            }
            default -> throw new IllegalArgumentException(String.join(" ", words));
        }
    }
}
