package dev.heartbeat.cli;

import dev.heartbeat.testkit.process.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A command of this program in a process of its own, of which every line is heard. */
final class ChildProcess {
    private final String name;
    private final Process process;
    private @Nullable Pause pause;

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Starts it with the Java and the class path of this process. Its standard input ends when this
     * process does.
     *
     * @param name for messages
     * @param javaOptions the options of its Java beside that
     * @param mainClass the class to run
     * @param arguments the command and its options
     * @param lines hears the lines on its standard output; one it refuses by an
     *     {@link IllegalArgumentException} is a note
     * @param notes hears what it says on standard error
     */
    static ChildProcess start(
            String name,
            List<String> javaOptions,
            String mainClass,
            List<String> arguments,
            Consumer<String> lines,
            Consumer<String> notes) {
        JavaCommand command = JavaCommand.of(mainClass)
                .options(javaOptions)
                .options("-XX:+ExitOnOutOfMemoryError")
                .arguments(arguments);
        try {
            Process process = command.process().start();
            listen(name + " lines", process.getInputStream(), lines, notes);
            listen(name + " notes", process.getErrorStream(), notes, notes);
            return new ChildProcess(name, process);
        } catch (IOException e) {
            throw new Failure("cannot start " + name + ": " + e.getMessage());
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    /** SIGSTOP. */
    void pause() {
        pause = Pause.of(process.pid());
    }

    /** SIGCONT. */
    void resume() {
        if (pause != null) {
            pause.close();
        }
    }

    /**
     * SIGTERM, by the handle: the process itself would stop listening too, and the last lines would
     * be lost.
     */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for its end, however long that takes; returns its status. */
    int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** The processor time it has taken; none where that is not known. */
    Optional<Duration> cpu() {
        return process.toHandle().info().totalCpuDuration();
    }

    /** Whether it ended in time. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    int exitStatus() {
        return process.exitValue();
    }

    private static void listen(String name, InputStream in, Consumer<String> to, Consumer<String> notes) {
        Thread thread = new Thread(() -> listen(in, to, notes), name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void listen(InputStream in, Consumer<String> to, Consumer<String> notes) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                try {
                    to.accept(line);
                } catch (IllegalArgumentException e) {
                    notes.accept(e.getMessage());
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // The process is gone, and perhaps in the middle of a line.
        }
    }
}
