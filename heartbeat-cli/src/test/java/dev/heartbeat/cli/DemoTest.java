package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The whole demo, with real processes: what it does to a good server, and that no bad one passes.
 */
@Timeout(120)
@Tag("once")
class DemoTest {

    @Test
    @Tag("long")
    void aGoodServerPasses() throws Exception {
        try (CommandProcess demo = demo(Main.class)) {
            List<String> lines = demo.rest();

            assertThat(demo.awaitStatus())
                    .as(String.join("\n", lines) + demo.errors())
                    .isZero();
            assertThat(demo.errors()).isEmpty();
            assertThat(lines)
                    .anyMatch(line -> line.contains("all 60 nodes are online"))
                    .anyMatch(line -> line.contains("SIGKILL to process"))
                    .anyMatch(line -> line.contains("SIGSTOP to process"))
                    .anyMatch(line -> line.contains("tolerance of 500ms"))
                    .anyMatch(line -> line.startsWith("PASSED"))
                    .noneMatch(line -> line.contains("\u001b"));
        }
    }

    @Test
    @Tag("long")
    void thePageOfItsServerIsThere() throws Exception {
        try (CommandProcess demo = new CommandProcess("demo", "--nodes=60", "--page", "--plain", "--steady=30s")) {
            String line = demo.nextText();
            while (!line.contains("live page: ")) {
                line = demo.nextText();
            }
            URI page = URI.create(line.substring(line.indexOf("http")));
            assertThat(HttpClient.newHttpClient()
                            .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                            .body())
                    .contains("<title>Heartbeat</title>");
            demo.terminate();
            demo.rest();
            assertThat(demo.awaitStatus()).isEqualTo(130);
        }
    }

    @Test
    @Tag("long")
    void aServerThatJudgesTooLateFails() throws Exception {
        requireFailure(PlantedServer.Late.class, "too late");
    }

    @Test
    @Tag("long")
    void aServerThatNeverJudgesFails() throws Exception {
        requireFailure(PlantedServer.Never.class, "never");
    }

    @Test
    @Tag("long")
    void aServerThatCallsABystanderOfflineFails() throws Exception {
        requireFailure(PlantedServer.Hasty.class, "false OFFLINE  1");
    }

    @Test
    @Tag("long")
    void aServerThatDiesFails() throws Exception {
        try (CommandProcess demo = demo(PlantedServer.Mortal.class)) {
            demo.rest();

            assertThat(demo.awaitStatus()).isEqualTo(1);
            assertThat(demo.errors()).contains("\"server\" ended by itself");
        }
    }

    @Test
    @Tag("long")
    void nothingIsLeftBehindByADemoThatIsInterrupted() throws Exception {
        try (CommandProcess demo = demo(Main.class)) {
            List<ProcessHandle> children = children(demo, 4);

            demo.terminate();

            assertThat(demo.rest()).anyMatch(line -> line.startsWith("INTERRUPTED"));
            assertThat(demo.awaitStatus()).isEqualTo(130);
            for (ProcessHandle child : children) {
                child.onExit().get(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    @Tag("long")
    void norByOneThatIsKilledWhileAProcessIsStopped() throws Exception {
        try (CommandProcess demo = demo(Main.class)) {
            List<ProcessHandle> children = children(demo, 4);
            String line = "";
            while (!line.contains("SIGSTOP")) {
                line = demo.nextText();
            }

            demo.process().destroyForcibly();

            for (ProcessHandle child : children) {
                child.onExit().get(20, TimeUnit.SECONDS);
            }
        }
    }

    private static void requireFailure(Class<?> server, String inTheSummary) throws Exception {
        try (CommandProcess demo = demo(server)) {
            List<String> lines = demo.rest();

            assertThat(demo.awaitStatus()).isEqualTo(1);
            assertThat(lines).anyMatch(line -> line.contains(inTheSummary)).anyMatch(line -> line.startsWith("FAILED"));
        }
    }

    private static List<ProcessHandle> children(CommandProcess demo, int count) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
        List<ProcessHandle> children = demo.process().children().toList();
        while (children.size() < count && Instant.now().isBefore(deadline)) {
            Thread.sleep(20);
            children = demo.process().children().toList();
        }
        assertThat(children).hasSize(count);
        return children;
    }

    private static CommandProcess demo(Class<?> server) throws Exception {
        return new CommandProcess(
                "demo",
                "--nodes=60",
                "--interval=300ms",
                "--suspect=900ms",
                "--timeout=1200ms",
                "--steady=500ms",
                "--server-main=" + server.getName());
    }
}
