package dev.heartbeat.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * One of the two processes. It does what it is told line by line, answers each line with one, and ends with its input, so that it never outlives who started it.
 */
final class Peer {
    /** Begins a line that is an answer; Java itself may print others. */
    static final String ANSWER = "> ";

    private final Allocations allocations = new Allocations();
    private final Map<String, Receiver> receivers = new HashMap<>();
    private final Map<String, Sender> senders = new HashMap<>();

    private Peer() {}

    public static void main(String[] args) {
        Peer peer = new Peer();
        obey(peer::answer);
    }

    /** What a process does with a line, in words; an exception ends it. */
    interface Answering {
        String answer(String[] words) throws Exception;
    }

    static void obey(Answering answering) {
        try {
            obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), answering);
            System.exit(0);
        } catch (Exception e) {
            e.printStackTrace();
            // Threads of the bus would keep it alive, and who started it waiting for an answer.
            System.exit(1);
        }
    }

    private static void obey(BufferedReader in, Answering answering) throws Exception {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(ANSWER + answering.answer(line.split("\t")));
        }
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
