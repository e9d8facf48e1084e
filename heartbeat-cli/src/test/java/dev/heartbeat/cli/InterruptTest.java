package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ctrl-C while a command takes long: the command says what it has found so far, and leaves no
 * process behind.
 */
@Timeout(60)
final class InterruptTest {
    private static final int SIGINT = 2;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    simulate --seeds=1000000 --threads=1                 | seeds     | interrupted: .* seeds from 1 in .* broke a promise.*
                    simulate calm --nodes=500 --for=1000h                | calm      | interrupted: 500 nodes, a heartbeat every 1,000 ms, .*
                    """)
    void tellsWhatItHasFound(String command, String progress, String told) throws Exception {
        interrupt(command, progress, told);
    }

    @ParameterizedTest(name = "{0}")
    @Tag("long")
    @CsvSource(delimiter = '|', textBlock = """
                    load closed --connections=5 --subjects=heartbeat-nio | load           | interrupted: \\d+ rounds were measured
                    bench broadcast --nodes=20 --rounds=1000000          | broadcast      | interrupted: 100 bytes to 20 nodes, \\d+ times
                    load soak --connections=5 --rate=50 --seconds=1000   | load           | interrupted: \\d+ samples were measured
                    load plan --sizes=5,10 --intervals=1s --seconds=100  | load           | interrupted: 0 of 2 sizes were measured
                    bench messages --only=plain                          | messages       | interrupted: Medians of 0 rounds.*
                    bench bulk --nodes=5                                 | bulk           | interrupted: 0 messages, .*
                    bench slow-consumers --slow=5 --others=2             | slow-consumers | interrupted: 0 messages of 4 KiB .*
                    """)
    void othersDoToo(String command, String progress, String told) throws Exception {
        interrupt(command, progress, told);
    }

    /** JMH shows by itself how far it is, and needs some seconds for a first result. */
    @Test
    @Tag("long")
    void benchmarksThatWereMeasuredAreListed() throws Exception {
        Process process = CommandProcess.command(
                        "bench", "WheelBenchmark|HeardBenchmark", "-f", "1", "-wi", "0", "-i", "1", "-r", "100ms")
                .process()
                .start();
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.lines().takeWhile(line -> !line.startsWith("Result")).count())
                    .isPositive();
            out.readLine(); // More of the first result: it is measured.

            interrupt(process);

            assertThat(out.lines().toList())
                    .anyMatch(line -> line.matches("interrupted: [1-9]\\d* benchmarks were measured"))
                    .anyMatch(line -> line.startsWith("Benchmark ") && line.endsWith("Units"));
            assertThat(process.waitFor()).isEqualTo(130);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void interrupt(String command, String progress, String told) throws Exception {
        Process process = CommandProcess.command(command.split(" +")).process().start();
        try (BufferedReader out = process.inputReader();
                BufferedReader err = process.errorReader()) {
            assertThat(err.readLine()).startsWith(progress).hasSizeLessThanOrEqualTo(80);
            List<ProcessHandle> children = process.descendants().toList();

            interrupt(process);

            assertThat(out.lines()).anyMatch(line -> line.matches(told));
            assertThat(err.lines()).noneMatch(line -> line.startsWith("\tat "));
            assertThat(process.waitFor()).isEqualTo(130);
            for (ProcessHandle child : children) {
                child.onExit().get(10, TimeUnit.SECONDS);
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /**
     * SIGINT; or SIGTERM where processes have inherited that SIGINT is ignored, as a shell has it
     * for what runs in the background.
     */
    private static void interrupt(Process process) throws IOException, InterruptedException {
        String signal = isIgnored(SIGINT) ? "-TERM" : "-INT";
        int status = new ProcessBuilder("kill", signal, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(status).isZero();
    }

    private static boolean isIgnored(int signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        String mask = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("0");
        return (Long.parseUnsignedLong(mask, 16) >> (signal - 1) & 1) != 0;
    }
}
