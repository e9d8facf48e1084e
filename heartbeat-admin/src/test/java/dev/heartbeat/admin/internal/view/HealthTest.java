package dev.heartbeat.admin.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.OverloadLevel;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a server is to be restarted, and when it is to get no new nodes; on virtual time. */
final class HealthTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Simulation world = new Simulation(7);
    private final Host host = world.newHost("server", 2);
    private long nanos;
    private HeartbeatServer server;
    private Health health;

    private void start() {
        host.fillMemory(0.3, 0.3);
        server = HeartbeatServer.builder().transport(host.transport()).port(0).build();
        health = new Health(server, () -> nanos);
        assertThat(health.notReadyBecause()).isEqualTo("the server has not started");
        server.start();
        // A loop is looked after from its first connection on.
        Host node = world.newHost("client");
        HeartbeatClient.builder()
                .server(host.address(), server.localAddress().getPort())
                .nodeId("n1")
                .transport(node.transport())
                .connect();
        pass(5);
        assertThat(health.notReadyBecause()).isNull();
        assertThat(health.deadBecause()).isNull();
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            world.advance(SECOND);
            nanos += SECOND.toNanos();
            health.look();
        }
    }

    @Test
    void lighterOverloadIsReady() {
        start();
        host.fillMemory(0.96, 0.3);
        pass(60);
        assertThat(server.stats().overload().level()).isEqualTo(OverloadLevel.SHEDDING);
        assertThat(health.notReadyBecause()).isNull();
    }

    @Test
    void serverThatAcceptsNothingIsNotReadyAfterTenSeconds() {
        start();
        host.fillMemory(0.99, 0.3);
        while (server.stats().overload().level() != OverloadLevel.CLOSED) {
            pass(1);
        }
        pass(9);
        assertThat(health.notReadyBecause()).isNull();
        pass(2);
        assertThat(health.notReadyBecause()).contains("overload");
        assertThat(health.deadBecause()).isNull();
        host.fillMemory(0.3, 0.3);
        pass(5);
        assertThat(health.notReadyBecause()).isNull();
    }

    @Test
    void processWhoseLoopsStandForAMinuteIsDeadAndOneThatStalledIsNot() {
        start();
        host.pause();
        pass(59);
        assertThat(health.deadBecause()).isNull();
        pass(5);
        assertThat(health.deadBecause()).contains("an event loop took no turn for 6");
        host.resume();
        pass(1);
        assertThat(health.deadBecause()).isNull();
    }

    @Test
    void processThatWasStoppedAsAWholeIsNotDeadWhenItGoesOn() {
        start();
        host.pause();
        world.advance(Duration.ofMinutes(5));
        nanos += Duration.ofMinutes(5).toNanos();
        // The first look of a process that was stopped comes before its loops have had a turn.
        health.look();
        assertThat(health.deadBecause()).isNull();
        host.resume();
        pass(1);
        assertThat(health.deadBecause()).isNull();
    }

    @Test
    void drainingServerIsNotReadyAndNotDead() {
        start();
        server.shutdownAsync(Duration.ofSeconds(5));
        assertThat(health.notReadyBecause()).contains("the server is ");
        pass(120);
        assertThat(health.notReadyBecause()).isEqualTo("the server is stopped");
        assertThat(health.deadBecause()).isNull();
    }
}
