package dev.heartbeat.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes of one test: a server and its clients. Whatever happens, none outlives the test.
 */
final class Commands implements AutoCloseable {
    private final List<LoggedProcess> started = new ArrayList<>();
    private final List<String> promise;

    /** The options of every server of the test. */
    Commands(Duration interval, Duration suspect, Duration timeout) {
        promise = List.of(
                "server",
                "--host=127.0.0.1",
                "--interval=" + DurationConverter.format(interval),
                "--suspect=" + DurationConverter.format(suspect),
                "--timeout=" + DurationConverter.format(timeout));
    }

    LoggedProcess server(int port, String... more) throws IOException, InterruptedException {
        return listening(LoggedProcess.start(serverArguments(port, more)));
    }

    LoggedProcess serverWithFewFiles(int limit, Path folder, int port, String... more)
            throws IOException, InterruptedException {
        return listening(LoggedProcess.startWithFewFiles(limit, folder, serverArguments(port, more)));
    }

    LoggedProcess clients(int port, String prefix, int count, String... more) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("client", "--port=" + port, "--node-id-prefix=" + prefix, "--count=" + count));
        arguments.addAll(List.of(more));
        return keep(LoggedProcess.start(arguments));
    }

    private List<String> serverArguments(int port, String... more) {
        List<String> arguments = new ArrayList<>(promise);
        arguments.add("--port=" + port);
        arguments.addAll(List.of(more));
        return arguments;
    }

    private LoggedProcess listening(LoggedProcess server) throws InterruptedException {
        keep(server).first("listening");
        return server;
    }

    private LoggedProcess keep(LoggedProcess process) {
        started.add(process);
        return process;
    }

    @Override
    public void close() throws IOException {
        for (LoggedProcess process : started) {
            process.close();
        }
    }
}
