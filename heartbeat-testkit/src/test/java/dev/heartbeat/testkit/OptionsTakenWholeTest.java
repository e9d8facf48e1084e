package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.ServerOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A server or client is given its options in one piece, and then changed in single ones. */
final class OptionsTakenWholeTest {
    private final Simulation world = new Simulation(1);

    @Test
    void byAServer() {
        ServerOptions options = ServerOptions.builder().ackEvery(3).port(7000).build();

        CompletableFuture<HeartbeatServer> started = HeartbeatServer.builder()
                .maxNodes(5)
                .options(options)
                .groupKey("site")
                .transport(world.newHost("server").transport())
                .startAsync();
        world.advance(Duration.ofSeconds(1));

        assertThat(started.join().options())
                .isEqualTo(options.toBuilder().groupKey("site").build());
    }

    @Test
    void byAClient() {
        Host server = world.newHost("server");
        CompletableFuture<HeartbeatServer> started =
                HeartbeatServer.builder().transport(server.transport()).startAsync();
        world.advance(Duration.ofSeconds(1));
        ClientOptions shared = ClientOptions.builder()
                .server(server.address(), 9501)
                .metadata("os", "linux")
                .build();

        HeartbeatClient.Builder second = HeartbeatClient.builder()
                .metadata("gone", "yes")
                .options(shared)
                .nodeId("n2")
                .transport(world.newHost("client").transport());
        second.connect();
        world.advance(Duration.ofSeconds(1));

        assertThat(started.join().nodes().find("n2").orElseThrow().metadata())
                .containsExactly(Map.entry("os", "linux"));
    }
}
