package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.examples.QueueConsumer.Order;
import dev.heartbeat.tasks.TaskScheduler;
import dev.heartbeat.tasks.TaskStats;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Every order reaches its node, or waits for it. */
final class QueueConsumerTest {
    private static final int PORT = 9501;

    private final Simulation sim = new Simulation(44);
    private final Host serverHost = sim.newHost("server");
    private final Host nodeHost = sim.newHost("node");
    private final HeartbeatServer server = HeartbeatServer.builder()
            .port(PORT)
            .maxMessageBytes(1024)
            .transport(serverHost.transport())
            .start();
    private final TaskScheduler scheduler = TaskScheduler.builder()
            .environment(serverHost.transport().environment(), serverHost::after)
            .build();
    private final Queue<Order> queue = new ConcurrentLinkedQueue<>();
    private final List<String> received = new ArrayList<>();

    private void connect() {
        HeartbeatClient.builder()
                .server(serverHost.address(), PORT)
                .nodeId("node")
                .transport(nodeHost.transport())
                .onMessage(message ->
                        received.add(StandardCharsets.UTF_8.decode(message).toString()))
                .connect();
    }

    @Test
    void ordersWaitForTheirNodesAndForRoom() {
        new QueueConsumer(server, scheduler, queue);
        queue.add(new Order("node", "x".repeat(2000)));
        for (int i = 0; i < 1000; i++) {
            queue.add(new Order("node", "order " + i));
        }
        queue.add(new Order("nobody", "an order"));
        sim.advance(Duration.ofSeconds(2));
        assertThat(received).isEmpty();
        connect();
        sim.advance(Duration.ofSeconds(10));
        assertThat(received).hasSize(1000).contains("order 0", "order 999");
        assertThat(queue).containsExactly(new Order("nobody", "an order"));
        assertThat(scheduler.tasks()).extracting(TaskStats::failures).containsExactly(1L);
    }
}
