package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.LivenessStats;
import dev.heartbeat.ServerStats;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A server's own measurements, on virtual time. */
final class MeasuresTest {
    private final Bus bus = new Bus(51);

    private ServerStats stats() {
        return bus.server.stats();
    }

    @Test
    void quietServerHasLittleToTell() {
        bus.newNode("n1");
        bus.advance(Duration.ofMinutes(1));

        assertThat(stats().liveness().detection().count()).isZero();
        assertThat(stats().liveness().detection().p99()).isNull();
        assertThat(stats().liveness().recovery().count()).isZero();
        assertThat(stats().loops().pauses().count()).isZero();
        assertThat(stats().loops().lag().count()).isPositive();
        assertThat(stats().loops().lag().max()).isLessThan(Duration.ofMillis(1));
        assertThat(stats().loops().lateWakes()).isZero();
    }

    @Test
    void detectionIsMeasuredFromTheLastSignOfLifeAndFromTheLoss() {
        Host silent = bus.newNode("n1");
        Host lost = bus.newNode("n2");
        bus.advance(Duration.ofSeconds(5));
        bus.world.partition(silent, bus.serverHost);
        lost.crash();
        bus.advance(Duration.ofSeconds(10));

        assertThat(bus.told.count("OFFLINE")).isEqualTo(2);
        assertThat(stats().liveness().detection().count()).isEqualTo(2);
        assertThat(stats().liveness().detection().mean()).isBetween(Bus.TIMEOUT, Bus.TIMEOUT.plus(Bus.TOLERANCE));
        assertThat(stats().liveness().detection().max()).isBetween(Bus.TIMEOUT, Bus.TIMEOUT.plus(Bus.TOLERANCE));
    }

    @Test
    void goodbyesAndKicksAreNoDetections() {
        bus.newNode("n1");
        bus.advance(Duration.ofSeconds(2));
        bus.server.kick("n1", "because");
        bus.advance(Duration.ofSeconds(2));
        assertThat(stats().liveness().detection().count()).isZero();
    }

    @Test
    void recoveryIsMeasuredFromSuspicion() {
        Bus patient = new Bus(52, 2, options -> options.heartbeatTimeout(Duration.ofSeconds(20)));
        Host silent = patient.newNode("n1");
        patient.advance(Duration.ofSeconds(5));
        patient.world.partition(silent, patient.serverHost);
        patient.world.advanceUntil(() -> patient.server.stats().liveness().suspect() == 1, Duration.ofSeconds(4));
        Duration suspected = patient.world.now();
        patient.advance(Duration.ofMillis(200));
        patient.world.healAll();
        patient.world.advanceUntil(() -> patient.server.stats().liveness().suspect() == 0, Duration.ofSeconds(5));

        assertThat(patient.server.stats().liveness().recovery().count()).isEqualTo(1);
        Duration took = patient.world.now().minus(suspected);
        assertThat(patient.server.stats().liveness().recovery().max()).isBetween(took, took.plus(Bus.TOLERANCE));
    }

    @Test
    void recoveryIsMeasuredFromTheLoss() {
        Host lost = bus.newNode("n1");
        bus.advance(Duration.ofSeconds(1));
        Duration from = bus.world.now();
        lost.resetConnections();
        bus.world.advanceUntil(() -> stats().liveness().suspect() == 1, Duration.ofSeconds(1));
        bus.world.advanceUntil(() -> stats().liveness().suspect() == 0, Duration.ofSeconds(3));
        Duration took = bus.world.now().minus(from);
        bus.advance(Duration.ofMillis(10)); // The loop of the old connection hears of it.

        assertThat(stats().liveness().recovery().count()).isEqualTo(1);
        assertThat(stats().liveness().recovery().max()).isBetween(took.minus(Bus.TOLERANCE), took.plus(Bus.TOLERANCE));
    }

    @Test
    void pausesAndLateWakesAreMeasured() {
        bus.newNode("n1");
        bus.advance(Duration.ofSeconds(5));
        bus.serverHost.pause();
        bus.advance(Duration.ofSeconds(20));
        bus.serverHost.resume();
        bus.advance(Duration.ofSeconds(5));

        assertThat(stats().loops().pauses().count())
                .isEqualTo(stats().loops().stalls())
                .isPositive();
        assertThat(stats().loops().pauses().max()).isBetween(Duration.ofSeconds(18), Duration.ofSeconds(21));
        assertThat(stats().loops().lag().max()).isGreaterThan(Duration.ofSeconds(17));
        assertThat(stats().loops().lateWakes()).isPositive();
    }

    @Test
    void latencyIsWhatNodesReport() {
        Host host = bus.world.newHost("far");
        bus.world.link(host, bus.serverHost, LinkSettings.LAN.withLatency(Duration.ofMillis(40), Duration.ZERO));
        HeartbeatClient client = bus.client(host, "n1").connect();
        bus.advance(Duration.ofSeconds(10));

        assertThat(client.rtt()).isBetween(Duration.ofMillis(80), Duration.ofMillis(85));
        assertThat(stats().liveness().latency().count()).isBetween(7L, 10L);
        assertThat(stats().liveness().latency().max()).isBetween(Duration.ofMillis(80), Duration.ofMillis(85));
    }

    @Test
    void loopTakesOneReportIn10Milliseconds() {
        Bus busy = new Bus(53, 1, options -> options);
        for (int i = 0; i < 200; i++) {
            busy.client(busy.world.newHost("client"), "n" + i).connect();
        }
        busy.advance(Duration.ofSeconds(3));
        LivenessStats before = busy.server.stats().liveness();
        busy.advance(Duration.ofSeconds(3));
        LivenessStats after = busy.server.stats().liveness();

        assertThat(after.heartbeats() - before.heartbeats()).isGreaterThan(500);
        assertThat(after.latency().count() - before.latency().count()).isBetween(20L, 300L);
    }

    @Test
    void answersBehindMessagesAreMeasuredUntilTheSocketTakesThem() {
        Host host = bus.world.newHost("slow");
        bus.world.link(
                host,
                bus.serverHost,
                LinkSettings.LAN.withBytesPerSecond(64_000).withSocketBuffer(2048));
        HeartbeatClient client = bus.client(host, "n1").connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        bus.advance(Duration.ofSeconds(5));

        assertThat(stats().connections().controlDelay().count()).isZero();

        for (int i = 0; i < 20; i++) {
            bus.server.trySend("n1", ByteBuffer.allocate(16_000));
        }
        bus.advance(Duration.ofSeconds(4));

        assertThat(stats().connections().controlDelay().count()).isBetween(3L, 4L);
        // The frames before it, of which a quarter of the interval is in the bus.
        assertThat(stats().connections().controlDelay().max()).isBetween(Duration.ofMillis(20), Duration.ofMillis(300));
    }
}
