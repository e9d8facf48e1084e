package dev.heartbeat.cli;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.credentials.TokenFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The credential of clients, as the command line names it. */
final class ClientTokenFlags {
    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Registers with the token in this file, which is read before each connection.")
    private @Nullable Path file;

    private @Nullable TokenFile token;

    /** Judges the file, once for all clients. */
    void check(CommandLine command) {
        if (file == null) {
            return;
        }
        try {
            token = TokenFile.of(file);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "--token-file: " + e.getMessage(), e);
        }
    }

    /** Adds it to a client, if it was asked for. */
    void addTo(HeartbeatClient.Builder client) {
        if (token != null) {
            client.credentials(token);
        }
    }
}
