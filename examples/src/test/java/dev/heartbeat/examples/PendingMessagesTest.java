package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.tasks.TaskScheduler;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node gets what was kept for it, once it is there. */
final class PendingMessagesTest {
    private static final int PORT = 9501;

    private final Simulation sim = new Simulation(43);
    private final Host serverHost = sim.newHost("server");
    private final HeartbeatServer server = HeartbeatServer.builder()
            .port(PORT)
            .transport(serverHost.transport())
            .start();
    private final TaskScheduler scheduler = TaskScheduler.builder()
            .environment(serverHost.transport().environment(), serverHost::after)
            .build();
    private final PendingMessages messages = new PendingMessages(server, scheduler);
    private final List<String> received = new ArrayList<>();

    private void connect(String nodeId) {
        HeartbeatClient.builder()
                .server(serverHost.address(), PORT)
                .nodeId(nodeId)
                .transport(sim.newHost(nodeId).transport())
                .onMessage(message -> received.add(nodeId + ": " + StandardCharsets.UTF_8.decode(message)))
                .connect();
    }

    @Test
    void nodeGetsItsMessagesWhenItComes() {
        messages.add("ann", "one");
        messages.add("ann", "two");
        messages.add("ben", "three");
        sim.advance(Duration.ofSeconds(10));
        assertThat(received).isEmpty();
        connect("ann");
        sim.advance(Duration.ofSeconds(3));
        assertThat(received).containsExactly("ann: one", "ann: two");
        assertThat(messages.count()).isEqualTo(1);
        connect("ben");
        messages.add("ann", "four");
        sim.advance(Duration.ofSeconds(3));
        assertThat(received).hasSize(4).contains("ben: three", "ann: four");
        assertThat(messages.count()).isZero();
        assertThat(scheduler.tasks())
                .singleElement()
                .satisfies(task -> assertThat(task.failures()).isZero());
    }
}
