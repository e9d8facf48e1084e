package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Connections that a server kept, and that ended before they could open. */
final class AbandonedTest {
    private static final int LIMIT = 3;

    private final Bus bus = new Bus(23, 2, options -> options.maxConnections(LIMIT));
    private final Host host = bus.world.newHost("client");

    private HeartbeatClient connect() {
        return bus.client(host, "n1")
                .handshakeTimeout(Duration.ofMillis(100))
                .reconnectBase(Duration.ofMillis(50))
                .reconnectCap(Duration.ofMillis(50))
                .connect();
    }

    @Test
    void abandonedConnectionsTakeNoPlace() {
        bus.serverHost.failSetUps(true);
        HeartbeatClient client = connect();
        bus.advance(Duration.ofSeconds(5));
        assertThat(client.stats().connections().attempts()).isGreaterThan(2 * LIMIT);
        assertThat(bus.server.stats().connections().open()).isZero();

        bus.serverHost.failSetUps(false);
        bus.world.await(client.registered(), Duration.ofSeconds(1));
        assertThat(bus.server.stats().connections().open()).isOne();
    }

    @Test
    void shutdownDoesNotWaitForThem() {
        bus.serverHost.failSetUps(true);
        connect();
        bus.advance(Duration.ofSeconds(1));
        CompletableFuture<Void> closed = bus.server.shutdownAsync(Duration.ofMinutes(5));
        bus.world.await(closed, Duration.ofSeconds(1));
    }
}
