package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The command as a process, which is the only way to interrupt it. */
@Timeout(60)
final class SimulateTest {

    @Test
    void oneThatIsInterruptedTellsWhatItHasRun() throws Exception {
        Process simulate =
                new ProcessBuilder(CommandProcess.command("simulate", "--seeds=1000000", "--threads=1")).start();
        try (BufferedReader out = simulate.inputReader();
                BufferedReader err = simulate.errorReader()) {
            assertThat(err.readLine()).startsWith("seeds ").contains("/1000000");

            // SIGTERM, by the handle: the process itself would close its output too.
            simulate.toHandle().destroy();

            List<String> told = out.lines().toList();
            assertThat(told).anyMatch(line -> line.matches("interrupted: .* seeds from 1 in .* broke a promise.*"));
            assertThat(err.lines()).noneMatch(line -> line.startsWith("\tat "));
            assertThat(simulate.waitFor()).isEqualTo(130);
        } finally {
            simulate.destroyForcibly();
        }
    }
}
