package dev.heartbeat.cli;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.credentials.SharedTokens;
import dev.heartbeat.credentials.SignedTokens;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private JwtFlags jwt;

    boolean areGiven() {
        return !given().isEmpty();
    }

    /** The files that were given, by their flags. */
    private List<String> given() {
        return Stream.of(
                        tokens != null ? "--token-file" : "",
                        keys != null ? "--token-keys" : "",
                        jwt.areGiven() ? JwtFlags.KEYS : "")
                .filter(flag -> !flag.isEmpty())
                .toList();
    }

    /** Adds it to the server, if it was asked for. */
    void addTo(HeartbeatServer.Builder server, CommandLine command) {
        List<String> given = given();
        if (given.size() > 1) {
            throw new ParameterException(command, String.join(" and ", given) + " are given, allowed is one of them");
        }
        try {
            if (tokens != null) {
                server.authenticator(SharedTokens.of(tokens));
            } else if (keys != null) {
                server.authenticator(SignedTokens.of(keys));
            } else if (jwt.areGiven()) {
                server.authenticator(jwt.authenticator());
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, given.get(0) + ": " + e.getMessage(), e);
        }
    }
}
