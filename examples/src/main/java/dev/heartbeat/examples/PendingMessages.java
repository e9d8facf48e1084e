package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.SendResult;
import dev.heartbeat.tasks.TaskScheduler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps messages for nodes that are away, and gives them to each that is there, once a second. An
 * application would keep them in a database.
 */
public final class PendingMessages {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final HeartbeatServer server;
    private final Map<String, List<String>> pending = new ConcurrentHashMap<>();

    /** Begins to push what is pending. */
    public PendingMessages(HeartbeatServer server, TaskScheduler scheduler) {
        this.server = server;
        scheduler.schedule("push pending messages", INTERVAL, this::push);
    }

    /** Keeps a message for a node, whether it is there or not. */
    public void add(String nodeId, String message) {
        pending.merge(nodeId, List.of(message), (before, more) -> {
            List<String> all = new ArrayList<>(before);
            all.addAll(more);
            return all;
        });
    }

    /** How many messages wait. */
    public int count() {
        return pending.values().stream().mapToInt(List::size).sum();
    }

    private void push() {
        pending.keySet().forEach(nodeId -> pending.computeIfPresent(nodeId, this::offer));
    }

    /** What is accepted is the bus's. The rest stays, in its order. */
    private @Nullable List<String> offer(String nodeId, List<String> messages) {
        List<ByteBuffer> texts =
                messages.stream().map(StandardCharsets.UTF_8::encode).toList();
        List<SendResult> results = server.sendAll(nodeId, texts);
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) != SendResult.ACCEPTED) {
                rest.add(messages.get(i));
            }
        }
        return rest.isEmpty() ? null : rest;
    }
}
