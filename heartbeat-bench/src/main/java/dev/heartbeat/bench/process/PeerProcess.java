package dev.heartbeat.bench.process;

import dev.heartbeat.testkit.process.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A process that obeys {@link Orders}, seen by who started it. On a core of its own, if the machine
 * has two and {@code taskset}.
 */
public final class PeerProcess implements AutoCloseable {
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

    /** Starts a Java with the class path of this one. */
    public static PeerProcess start(String name, int core, Class<?> main, List<String> javaOptions, String... arguments)
            throws IOException, InterruptedException {
        JavaCommand command = JavaCommand.of(main)
                .options("-Xmx1g", "-XX:+ExitOnOutOfMemoryError")
                .options(javaOptions)
                .arguments(arguments);
        return start(name, core, command.words());
    }

    /** Starts any program. */
    public static PeerProcess start(String name, int core, List<String> command)
            throws IOException, InterruptedException {
        List<String> where = canPin(core) ? pinned(core) : new ArrayList<>();
        where.addAll(command);
        Process process = new ProcessBuilder(where)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new PeerProcess(name, process);
    }

    /** Whether a process can have this core to itself. */
    public static boolean canPin(int core) throws InterruptedException {
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

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** Sends an order, and waits for the answer. */
    public String ask(String... words) throws IOException {
        commands.println(String.join("\t", words));
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith(Orders.ANSWER)) {
                return line.substring(Orders.ANSWER.length());
            }
            if (line.startsWith(Orders.FAILURE)) {
                throw new IOException(line.substring(Orders.FAILURE.length()));
            }
        }
        throw new IOException(name + " ended on the order: " + String.join(" ", words));
    }

    /** The numbers it answers with. */
    public long[] numbers(String... words) throws IOException {
        return Arrays.stream(ask(words).split(" ")).mapToLong(Long::parseLong).toArray();
    }

    /** Ends it, and returns when it has ended. */
    public void end() throws InterruptedException {
        close();
        process.waitFor();
    }

    /** With the end of its input it ends; it is not asked twice. */
    @Override
    public void close() {
        commands.close();
        process.destroy();
    }
}
