package dev.heartbeat.cli;

import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.jwt.JsonWebTokens;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The server's authenticator by JSON Web Tokens, as the command line asks for it. */
final class JwtFlags {
    static final String KEYS = "--jwt-keys";

    @Option(
            names = KEYS,
            paramLabel = "FILE",
            description =
                    "Only nodes with a JSON Web Token signed with a key of this file may register: a JWKS, or public keys in PEM."
                            + " The three options below are needed with it. Read again when it changes.")
    private @Nullable Path keys;

    @Option(
            names = "--jwt-algorithms",
            paramLabel = "NAME",
            split = ",",
            description = "Algorithms that a token may be signed by, such as ES256.")
    private @Nullable List<String> algorithms;

    @Option(names = "--jwt-issuer", paramLabel = "ISSUER", description = "Issuer that a token must be of.")
    private @Nullable String issuer;

    @Option(names = "--jwt-audience", paramLabel = "AUDIENCE", description = "Audience that a token must be for.")
    private @Nullable String audience;

    boolean areGiven() {
        return keys != null || algorithms != null || issuer != null || audience != null;
    }

    /**
     * {@return the authenticator}
     *
     * @throws IllegalArgumentException if a flag is missing, or a value cannot be used
     */
    Authenticator authenticator() {
        if (keys == null || algorithms == null || issuer == null || audience == null) {
            throw new IllegalArgumentException(
                    "one of --jwt-keys, --jwt-algorithms, --jwt-issuer and --jwt-audience is missing");
        }
        return JsonWebTokens.publicKeys(keys, algorithms.toArray(String[]::new))
                .issuer(issuer)
                .audience(audience)
                .build();
    }
}
