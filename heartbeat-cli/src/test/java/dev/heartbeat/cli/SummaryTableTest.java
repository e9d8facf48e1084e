package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.cli.Detection.Signal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SummaryTableTest {
    private static final Instant KILL = Instant.parse("2026-11-20T12:00:00Z");
    private static final Promise PROMISE =
            new Promise(Duration.ofSeconds(4), Duration.ofSeconds(10), Duration.ofSeconds(12), Duration.ofSeconds(1));

    @Test
    void showsWhatWasPromisedAgainstWhatWasSeen() {
        String summary = summary(
                line(20, "suspect", "a", "LOST"), line(12_100, "offline", "a", "CLOSED"), line(30, "online", "b", ""));

        assertThat(summary)
                .contains("with a tolerance of 1s")
                .containsPattern("SIGKILL: SUSPECT \\(LOST\\) +1 +within 1.00s +0.02s +0.02s +0.02s +kept\n")
                .containsPattern("SIGKILL: OFFLINE \\(CLOSED\\) +1 +11.00s to 13.00s +12.10s +12.10s +12.10s +kept\n")
                .contains(
                        "server heap    1,234 bytes per node",
                        "detection p99  5,001 ms",
                        "loop lag p99   0.25 ms",
                        "false OFFLINE  0",
                        "PASSED");
    }

    @Test
    void showsWhatWentWrong() {
        String summary = summary(line(13_001, "offline", "a", "TIMEOUT"), line(5, "offline", "b", "TIMEOUT"));

        assertThat(summary)
                .containsPattern("SUSPECT \\(LOST\\).*1 never\n")
                .containsPattern("OFFLINE \\(CLOSED\\).*1 too late, 1 for another reason\n")
                .containsPattern("false OFFLINE  1\n.*\"node\":\"b\"")
                .contains("FAILED");
    }

    private static EventLine line(long millis, String event, String node, String reason) {
        return EventLine.at(KILL.plusMillis(millis), event).with("node", node).with("reason", reason);
    }

    private static String summary(EventLine... lines) {
        Signal signal = new Signal(
                "SIGKILL", KILL, List.of("a"), List.of(PROMISE.suspectAfterKill(), PROMISE.offlineAfterKill()));
        FleetStatus status = new FleetStatus(
                1,
                0,
                0,
                1,
                ClientTally.histogram(),
                OptionalLong.of(1234),
                OptionalLong.of(250),
                OptionalLong.of(5001));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new SummaryTable(new PrintStream(out, true, StandardCharsets.UTF_8), false)
                .print(PROMISE, Detection.judge(List.of(lines), List.of(signal)), status, ClientTally.histogram());
        return out.toString(StandardCharsets.UTF_8);
    }
}
