package dev.heartbeat.cli;

import dev.heartbeat.testkit.process.JavaCommand;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.spi.ToolProvider;

/** A command in a process of its own that can be hurt, and of which every event line is kept. */
final class LoggedProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path errors;
    private final List<EventLine> lines = new ArrayList<>();
    private final Map<String, String> lastEvents = new HashMap<>();
    private Pause pause;

    private LoggedProcess(JavaCommand command) throws IOException {
        errors = File.createTempFile("heartbeat", ".err").toPath();
        process = command.process().redirectError(errors.toFile()).start();
        Thread reader = new Thread(this::read, "lines of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    static LoggedProcess start(List<String> arguments) throws IOException {
        return new LoggedProcess(command(arguments));
    }

    /**
     * A class of a folder is a file to be opened when it is needed, which may be too late. So the
     * program runs from jars, as programs do.
     *
     * @param folder for the jars
     */
    static LoggedProcess startWithFewFiles(int limit, Path folder, List<String> arguments) throws IOException {
        return new LoggedProcess(command(arguments).classPath(jars(folder)).files(limit));
    }

    private static String jars(Path folder) {
        List<String> paths = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (Files.isDirectory(Path.of(path))) {
                String jar = folder.resolve(paths.size() + ".jar").toString();
                ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, "-cf", jar, "-C", path, ".");
                paths.add(jar);
            } else {
                paths.add(path);
            }
        }
        return String.join(File.pathSeparator, paths);
    }

    private static JavaCommand command(List<String> arguments) {
        return JavaCommand.of(Main.class)
                .options("-Xmx512m", "-XX:+UseSerialGC")
                .arguments(TestedTransport.in(arguments));
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                add(EventLine.parse(text));
            }
        } catch (IOException e) {
            // It was killed, perhaps in the middle of a line.
        }
    }

    private synchronized void add(EventLine line) {
        lines.add(line);
        if (line.has("node")) {
            lastEvents.put(line.text("node"), line.event());
        }
        notifyAll();
    }

    // ---- what it said

    /** All lines of this event so far. */
    synchronized List<EventLine> lines(String event) {
        return lines.stream().filter(line -> line.event().equals(event)).toList();
    }

    /** All lines about this node so far. */
    synchronized List<EventLine> linesAbout(String node) {
        return lines.stream().filter(line -> line.text("node").equals(node)).toList();
    }

    /** The number of nodes whose last event this was. */
    synchronized long nodesIn(String event) {
        return lastEvents.values().stream().filter(event::equals).count();
    }

    /** The latest line of this event. */
    EventLine last(String event) {
        List<EventLine> all = lines(event);
        return all.get(all.size() - 1);
    }

    /** Waits for the first line of this event. */
    EventLine first(String event) throws InterruptedException {
        await(() -> !lines(event).isEmpty(), PATIENCE, "a line \"" + event + "\"");
        return lines(event).get(0);
    }

    /** Waits until this was the last event of so many nodes; returns how long that took. */
    Duration awaitNodesIn(String event, long nodes, Duration patience) throws InterruptedException {
        long startedAt = System.nanoTime();
        await(() -> nodesIn(event) == nodes, patience, nodes + " nodes " + event);
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    /** Waits for something that lines bring about. */
    synchronized void await(BooleanSupplier condition, Duration patience, String what) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0 || !process.isAlive()) {
                throw new AssertionError("not within " + patience + ": " + what + "; last events: " + counts()
                        + "; it says: " + errors());
            }
            wait(Math.min(millis, 100));
        }
    }

    private Map<String, Integer> counts() {
        Map<String, Integer> counts = new HashMap<>();
        lastEvents.values().forEach(event -> counts.merge(event, 1, Integer::sum));
        return counts;
    }

    /** The text of its standard error. */
    String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- what is done to it

    /** SIGSTOP. */
    void pause() {
        pause = Pause.of(process.pid());
    }

    /** SIGCONT. */
    void resume() {
        pause.close();
    }

    /** SIGKILL. Returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /**
     * SIGTERM. Returns when it is gone; by the handle, since the process itself would close its
     * output too.
     */
    void terminate() throws InterruptedException {
        process.toHandle().destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end");
        }
    }

    // ---- what it costs

    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElseThrow();
    }

    long residentMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .sum();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        if (pause != null) {
            pause.close();
        }
        Files.delete(errors);
    }
}
