package dev.heartbeat.cli;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.credentials.SharedTokens;
import dev.heartbeat.credentials.SignedTokens;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The server's authenticator, as the command line asks for it. */
final class ServerTokenFlags {
    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Only nodes with a token of this file may register: a principal, its token and patterns of nodes to attach"
                            + " in each line. Read again when it changes.")
    private @Nullable Path tokens;

    @Option(
            names = "--token-keys",
            paramLabel = "FILE",
            description =
                    "Only nodes with a token signed with a key of this file may register: an id and the key in Base64 in each"
                            + " line. Read again when it changes.")
    private @Nullable Path keys;

    boolean areGiven() {
        return tokens != null || keys != null;
    }

    /** Adds it to the server, if it was asked for. */
    void addTo(HeartbeatServer.Builder server, CommandLine command) {
        if (tokens != null && keys != null) {
            throw new ParameterException(command, "--token-file and --token-keys are given, allowed is one of them");
        }
        try {
            if (tokens != null) {
                server.authenticator(SharedTokens.of(tokens));
            } else if (keys != null) {
                server.authenticator(SignedTokens.of(keys));
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    command, (tokens != null ? "--token-file: " : "--token-keys: ") + e.getMessage(), e);
        }
    }
}
