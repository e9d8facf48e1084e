package dev.heartbeat.bench;

import dev.heartbeat.bench.process.Orders;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** One of the two processes that {@link MessageBenchmark} starts. */
final class Peer {
    private final Allocations allocations = new Allocations();
    private final Map<String, Receiver> receivers = new HashMap<>();
    private final Map<String, Sender> senders = new HashMap<>();

    private Peer() {}

    public static void main(String[] args) {
        Peer peer = new Peer();
        Orders.obey(peer::answer);
    }

    private String answer(String[] words) throws IOException, InterruptedException {
        String workload = words[1];
        switch (words[0]) {
            case "receive" -> {
                Receiver receiver = receiver(workload);
                return String.valueOf(receiver.port());
            }
            case "connect" -> {
                senders.put(workload, sender(workload, Integer.parseInt(words[2])));
                return "connected";
            }
            case "start" -> {
                sender(workload).start();
                return "started";
            }
            case "stop" -> {
                sender(workload).stop();
                return "stopped";
            }
            case "received" -> {
                return Snapshot.of(receiver(workload).count(), allocations).toLine();
            }
            case "sent" -> {
                return Snapshot.of(sender(workload).count(), allocations).toLine();
            }
            default -> throw new IllegalArgumentException(String.join(" ", words));
        }
    }

    private Receiver receiver(String workload) throws IOException {
        Receiver receiver = receivers.get(workload);
        if (receiver == null) {
            Workload made = Workload.named(workload);
            receiver = made.subject().receiver(made);
            receivers.put(workload, receiver);
        }
        return receiver;
    }

    private static Sender sender(String workload, int port) throws IOException {
        Workload made = Workload.named(workload);
        return made.subject().sender(made, port);
    }

    private Sender sender(String workload) {
        Sender sender = senders.get(workload);
        if (sender == null) {
            throw new IllegalStateException(workload + " is not connected");
        }
        return sender;
    }
}
