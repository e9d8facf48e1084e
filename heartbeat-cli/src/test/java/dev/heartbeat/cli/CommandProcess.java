package dev.heartbeat.cli;

import dev.heartbeat.testkit.process.JavaCommand;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command run as a user runs it, in a process of its own. */
final class CommandProcess implements AutoCloseable {
    private static final long AT_MOST_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final Path err;

    CommandProcess(String... arguments) throws IOException {
        this(command(arguments), Map.of());
    }

    /** With these variables in its environment, beside those of this process. */
    CommandProcess(JavaCommand command, Map<String, String> variables) throws IOException {
        File file = File.createTempFile("heartbeat", ".err");
        err = file.toPath();
        ProcessBuilder builder = command.process().redirectError(file);
        builder.environment().putAll(variables);
        process = builder.start();
        out = process.inputReader(StandardCharsets.UTF_8);
        // A thread that waits for a line ignores interrupts, and ends with the process.
        CompletableFuture.delayedExecutor(AT_MOST_SECONDS, TimeUnit.SECONDS).execute(process::destroyForcibly);
    }

    /** The command of such a process. */
    static JavaCommand command(String... arguments) {
        return JavaCommand.of(Main.class)
                .options("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .arguments(TestedTransport.in(List.of(arguments)));
    }

    /** The options of a Java that logs at this level, and to the standard error stream. */
    static String[] logging(String level) {
        String log = "-Dorg.slf4j.simpleLogger.";
        return new String[] {
            log + "logFile=System.err",
            log + "defaultLogLevel=" + level,
            log + "log.dev.heartbeat.cli.Reload=" + level,
            log + "log.dev.heartbeat.credentials.internal.WatchedFile=" + level,
            log + "log.dev.heartbeat.tls.Watched=" + level
        };
    }

    Process process() {
        return process;
    }

    /** SIGTERM, by the handle: the process itself would close its output too. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** The next event line of this kind. */
    EventLine next(String event) throws IOException {
        for (String text = out.readLine(); text != null; text = out.readLine()) {
            EventLine line = EventLine.parse(text);
            if (line.event().equals(event)) {
                return line;
            }
        }
        throw new AssertionError("no line of " + event + "; it says: " + errors());
    }

    /** The next line of any kind. */
    String nextText() throws IOException {
        String text = out.readLine();
        if (text == null) {
            throw new AssertionError("no further line; it says: " + errors());
        }
        return text;
    }

    /** All lines until the end. */
    List<String> rest() {
        return out.lines().toList();
    }

    int awaitStatus() throws InterruptedException {
        if (!process.waitFor(AT_MOST_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end");
        }
        return process.exitValue();
    }

    String errors() throws IOException {
        return Files.readString(err);
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.delete(err);
    }
}
