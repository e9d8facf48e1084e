package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.cli.Detection.Row;
import dev.heartbeat.cli.Detection.Signal;
import dev.heartbeat.cli.Detection.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DetectionTest {
    private static final Instant KILL = Instant.parse("2026-11-20T12:00:10Z");
    private static final Instant STOP = KILL.plusSeconds(10);
    private static final Instant HEAL = STOP.plusSeconds(10);
    private static final Promise PROMISE =
            new Promise(Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(3), Duration.ofMillis(500));

    private final List<EventLine> lines = new ArrayList<>();

    @BeforeEach
    void everybodyIsOnline() {
        List.of("killed-1", "killed-2", "stopped-1", "steady-1").forEach(node -> tell(KILL, -5000, "online", node, ""));
    }

    @Test
    void aServerThatNoticesEverythingInTimePasses() {
        tellStory();

        Verdict verdict = judge();

        assertThat(verdict.passed()).isTrue();
        assertThat(verdict.rows()).hasSize(6).allMatch(Row::kept);
        assertThat(verdict.rows().get(1).delays()).containsExactly(Duration.ofMillis(3010), Duration.ofMillis(3020));
        assertThat(verdict.falseOffline()).isEmpty();
        assertThat(verdict.falseSuspect()).isEmpty();
    }

    @Test
    void aLateDetectorFails() {
        tellStory();
        move("killed-2", "offline", KILL, 3501);

        assertThat(judge().passed()).isFalse();
        assertThat(judge().rows().get(1).late()).isEqualTo(1);
        assertThat(judge().falseOffline()).isEmpty();
    }

    @Test
    void lateByAMicrosecondIsLate() {
        tellStory();
        lines.removeIf(
                line -> line.text("node").equals("killed-2") && line.event().equals("offline"));
        lines.add(EventLine.at(KILL.plusNanos(3_500_001_000L), "offline")
                .with("node", "killed-2")
                .with("reason", "CLOSED"));

        assertThat(judge().rows().get(1).late()).isEqualTo(1);
    }

    @Test
    void aHastyDetectorFails() {
        tellStory();
        move("stopped-1", "offline", STOP, 1499);

        assertThat(judge().passed()).isFalse();
        assertThat(judge().rows().get(3).early()).isEqualTo(1);
    }

    @Test
    void aLateSuspicionFails() {
        tellStory();
        move("killed-1", "suspect", KILL, 501);

        assertThat(judge().passed()).isFalse();
        assertThat(judge().rows().get(0).late()).isEqualTo(1);
    }

    @Test
    void aNodeThatIsNeverNoticedFails() {
        tellStory();
        lines.removeIf(
                line -> line.text("node").equals("killed-1") && line.event().equals("offline"));

        assertThat(judge().passed()).isFalse();
        assertThat(judge().rows().get(1).never()).isEqualTo(1);
    }

    @Test
    void aNodeThatDoesNotComeBackFails() {
        tellStory();
        lines.removeIf(
                line -> line.text("node").equals("stopped-1") && line.time().isAfter(HEAL));

        assertThat(judge().passed()).isFalse();
        assertThat(judge().rows().get(4).never()).isEqualTo(1);
    }

    @Test
    void theRightVerdictForAnotherReasonFails() {
        tellStory();
        lines.removeIf(
                line -> line.text("node").equals("stopped-1") && line.event().equals("offline"));
        tell(STOP, 2700, "offline", "stopped-1", "CLOSED");

        assertThat(judge().passed()).isFalse();
        assertThat(judge().rows().get(3).wrong()).isEqualTo(1);
    }

    @Test
    void callingABystanderOfflineFails() {
        tellStory();
        tell(STOP, 100, "offline", "steady-1", "TIMEOUT");

        assertThat(judge().passed()).isFalse();
        assertThat(judge().falseOffline()).hasSize(1);
    }

    @Test
    void callingAVictimOfflineBeforeItsSignalFails() {
        tellStory();
        tell(KILL, -1000, "offline", "killed-1", "TIMEOUT");

        assertThat(judge().passed()).isFalse();
        assertThat(judge().falseOffline()).hasSize(1);
    }

    @Test
    void callingAVictimOfflineAgainAfterItsReturnFails() {
        tellStory();
        tell(HEAL, 2000, "offline", "killed-1", "TIMEOUT");

        assertThat(judge().passed()).isFalse();
        assertThat(judge().falseOffline()).hasSize(1);
    }

    @Test
    void suspectingABystanderIsToldAndForgiven() {
        tellStory();
        tell(STOP, 100, "suspect", "steady-1", "SILENT");
        tell(STOP, 200, "online", "steady-1", "");

        assertThat(judge().passed()).isTrue();
        assertThat(judge().falseSuspect()).hasSize(1);
    }

    @Test
    void aServerThatTellsNothingFails() {
        assertThat(judge().passed()).isFalse();
        assertThat(judge().rows()).allMatch(row -> row.never() > 0);
    }

    private void tellStory() {
        tell(KILL, 5, "suspect", "killed-1", "LOST");
        tell(KILL, 9, "suspect", "killed-2", "LOST");
        tell(KILL, 3020, "offline", "killed-1", "CLOSED");
        tell(KILL, 3010, "offline", "killed-2", "CLOSED");
        tell(STOP, 2100, "suspect", "stopped-1", "SILENT");
        tell(STOP, 2600, "offline", "stopped-1", "TIMEOUT");
        tell(HEAL, 300, "online", "stopped-1", "");
        tell(HEAL, 800, "online", "killed-1", "");
        tell(HEAL, 800, "online", "killed-2", "");
    }

    private void tell(Instant signal, long afterMillis, String event, String node, String reason) {
        lines.add(EventLine.at(signal.plusMillis(afterMillis), event)
                .with("node", node)
                .with("reason", reason));
    }

    private void move(String node, String event, Instant signal, long afterMillis) {
        EventLine line = lines.stream()
                .filter(candidate ->
                        candidate.text("node").equals(node) && candidate.event().equals(event))
                .findFirst()
                .orElseThrow();
        lines.remove(line);
        tell(signal, afterMillis, event, node, line.text("reason"));
    }

    private Verdict judge() {
        List<String> killed = List.of("killed-1", "killed-2");
        List<String> stopped = List.of("stopped-1");
        Promise.Expectation back = PROMISE.back(Duration.ofSeconds(5));
        return Detection.judge(
                List.copyOf(lines),
                List.of(
                        new Signal(
                                "SIGKILL",
                                KILL,
                                killed,
                                List.of(PROMISE.suspectAfterKill(), PROMISE.offlineAfterKill())),
                        new Signal(
                                "SIGSTOP",
                                STOP,
                                stopped,
                                List.of(PROMISE.suspectAfterStop(), PROMISE.offlineAfterStop())),
                        new Signal("SIGCONT", HEAL, stopped, List.of(back)),
                        new Signal("restart", HEAL, killed, List.of(back))));
    }
}
