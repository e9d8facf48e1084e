package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.CloseReason;
import dev.heartbeat.ConnectionStats;
import dev.heartbeat.LivenessStats;
import dev.heartbeat.MessageStats;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.ServerStats;
import dev.heartbeat.UndeliveredException.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ServerStatsTest {
    private final Bus bus = new Bus(1);
    private final ServerStats stats = bus.server.stats();

    @Test
    void endsAreCountedByReason() {
        bus.newNode("kicked");
        bus.newNode("silent").pause();
        bus.newNode("lost").crash();
        bus.server.kick("kicked", "enough");
        bus.advance(Duration.ofSeconds(10));

        LivenessStats liveness = stats.liveness();
        assertThat(liveness.offline(OfflineReason.KICKED)).isOne();
        assertThat(liveness.offline(OfflineReason.TIMEOUT)).isOne();
        assertThat(liveness.offline(OfflineReason.CLOSED)).isOne();
        assertThat(liveness.offline(OfflineReason.EXPIRED)).isZero();
        assertThat(liveness.offline()).containsOnlyKeys(OfflineReason.values());
        assertThat(liveness.offline().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(3);
    }

    @Test
    void closesAreCountedByReason() {
        bus.newNode("kicked");
        bus.newNode("silent").pause();
        bus.newNode("lost").resetConnections();
        bus.server.kick("kicked", "enough");
        bus.advance(Duration.ofSeconds(10));

        ConnectionStats connections = stats.connections();
        assertThat(connections.closes())
                .containsOnlyKeys(CloseReason.values())
                .containsEntry(CloseReason.KICKED, 1L)
                .containsEntry(CloseReason.TIMEOUT, 1L)
                .containsEntry(CloseReason.CONNECTION_LOST, 1L)
                .containsEntry(CloseReason.WRITE_STALLED, 0L);
        assertThat(connections.closes().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(connections.accepted() - connections.open());
    }

    @Test
    void messagesThatComeBackAreCountedByReason() {
        bus.newNode("n1").pause();
        assertThat(bus.server.trySend("n1", ByteBuffer.allocate(100_000))).isEqualTo(SendResult.ACCEPTED);
        assertThat(bus.server.trySend("n1", ByteBuffer.allocate(100))).isEqualTo(SendResult.ACCEPTED);
        bus.advance(Duration.ofSeconds(10));

        MessageStats messages = stats.messages();
        assertThat(messages.undelivered(Reason.CLOSED) + messages.undelivered(Reason.LOST))
                .isEqualTo(messages.undeliveredTotal())
                .isPositive();
    }

    @Test
    void groupIsASnapshotAndTheWholeAView() {
        LivenessStats before = stats.liveness();
        bus.newNode("n1");

        assertThat(before.online()).isZero();
        assertThat(stats.liveness().online()).isOne();
    }

    @Test
    void textNamesGroupsAndNumbers() {
        bus.newNode("n1");

        assertThat(stats)
                .asString()
                .startsWith("{liveness={online=1, suspect=0, offline={TIMEOUT=0, ")
                .contains("connections={open=1, accepted=1, ", "massGuard={engagements=0, ");
    }
}
