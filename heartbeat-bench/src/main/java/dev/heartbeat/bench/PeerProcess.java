package dev.heartbeat.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A {@link Peer}, or another process that obeys as it does, seen by who started it. On a core of its own, if the machine has two and {@code taskset}. */
final class PeerProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;

    private PeerProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static PeerProcess start(String name, int core, List<String> javaOptions) throws IOException, InterruptedException {
        return start(name, core, Peer.class, javaOptions);
    }

    static PeerProcess start(String name, int core, Class<?> main, List<String> javaOptions)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (canPin(core)) {
            command.addAll(pinned(core));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx1g", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new PeerProcess(name, process);
    }

    /** Whether two processes can have a core each. */
    static boolean canPin(int core) throws InterruptedException {
        List<String> probe = pinned(core);
        probe.add("true");
        try {
            return new ProcessBuilder(probe)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> pinned(int core) {
        return new ArrayList<>(List.of("taskset", "-c", String.valueOf(core)));
    }

    String ask(String... words) throws IOException {
        commands.println(String.join("\t", words));
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith(Peer.ANSWER)) {
                return line.substring(Peer.ANSWER.length());
            }
        }
        throw new IOException(name + " ended when it was told: " + String.join(" ", words));
    }

    /** The numbers it answers with. */
    long[] numbers(String... words) throws IOException {
        return Arrays.stream(ask(words).split(" ")).mapToLong(Long::parseLong).toArray();
    }

    Snapshot snapshot(String what, Workload of) throws IOException {
        return Snapshot.parse(ask(what, of.name()));
    }

    /** With the end of its input it ends; it is not asked twice. */
    @Override
    public void close() {
        commands.close();
        process.destroy();
    }
}
