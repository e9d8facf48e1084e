package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.SendResult;
import dev.heartbeat.tasks.Schedule;
import dev.heartbeat.tasks.TaskScheduler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;

/**
 * Takes orders from a queue and sends each to the node it names, many in a run and none while the
 * node's own queue is full. An order for a node that is not there goes to the end of the queue.
 */
public final class QueueConsumer {
    private static final int MOST_IN_A_RUN = 100;

    private final HeartbeatServer server;
    private final Queue<Order> queue;

    /** What a node is to do. */
    public record Order(String nodeId, String what) {}

    /**
     * Begins to consume.
     *
     * @param queue for any thread, such as a ConcurrentLinkedQueue
     */
    public QueueConsumer(HeartbeatServer server, TaskScheduler scheduler, Queue<Order> queue) {
        this.server = server;
        this.queue = queue;
        scheduler.schedule("consume orders", Schedule.atRate(Duration.ofMillis(100)), this::consume);
    }

    private void consume() {
        int most = Math.min(MOST_IN_A_RUN, queue.size());
        for (int i = 0; i < most; i++) {
            Order order = queue.poll();
            if (order == null) {
                return;
            }
            SendResult result = server.trySend(order.nodeId(), StandardCharsets.UTF_8.encode(order.what()));
            if (result == SendResult.TOO_LARGE) {
                throw new IllegalStateException("an order for " + order.nodeId() + " is too large, and is dropped");
            }
            if (result != SendResult.ACCEPTED) {
                queue.add(order);
            }
        }
    }
}
