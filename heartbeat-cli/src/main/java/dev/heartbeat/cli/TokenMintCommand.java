package dev.heartbeat.cli;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.heartbeat.credentials.SignedTokens;
import dev.heartbeat.credentials.TokenClaims;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a signed token. */
@Command(
        name = "mint",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Makes a token and prints it, or writes it to a file. It is a secret of the node.")
final class TokenMintCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofDays(3660);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--token-keys",
            paramLabel = "FILE",
            required = true,
            description = "The server's keys: an id and the key in Base64 in each line.")
    private Path keys;

    @Option(names = "--key-id", paramLabel = "ID", required = true, description = "The key to sign with.")
    private String keyId;

    @Option(
            names = "--principal",
            paramLabel = "NAME",
            required = true,
            description = "Who registers; only the same principal may take a node over.")
    private String principal;

    @Option(
            names = "--node-id",
            paramLabel = "PATTERN",
            required = true,
            description = "The node that may register with it; in it, * stands for any characters or none.")
    private String nodeIds;

    @Option(
            names = "--attach",
            paramLabel = "PATTERN",
            description = "Nodes that it may attach as a gateway; may be given up to 64 times.")
    private List<String> attaching = new ArrayList<>();

    @Option(
            names = "--valid-for",
            paramLabel = "TIME",
            required = true,
            description = "Time from now on until it expires, such as 24h.")
    private Duration validFor;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Writes it to this file, in place of what is there, for nobody else to read.")
    private @Nullable Path out;

    @Override
    public Integer call() {
        Allowed.range(spec.commandLine(), "--valid-for", validFor, Duration.ofSeconds(1), LONGEST);
        String token = token();
        if (out == null) {
            spec.commandLine().getOut().println(token);
            spec.commandLine().getOut().flush();
        } else {
            write(out, token);
        }
        return 0;
    }

    private String token() {
        try {
            TokenClaims claims =
                    TokenClaims.of(principal, nodeIds, Instant.now().plus(validFor));
            for (String pattern : attaching) {
                claims = claims.attaching(pattern);
            }
            return SignedTokens.of(keys).mint(keyId, claims);
        } catch (IllegalArgumentException e) {
            throw OptionNames.inWordsOf(spec.commandLine(), e);
        }
    }

    /** A temporary file is its owner's alone; renamed, no client sees a half of it. */
    private static void write(Path file, String token) {
        try {
            Path absolute = file.toAbsolutePath();
            Path folder = Objects.requireNonNullElse(absolute.getParent(), absolute);
            Path written = Files.createTempFile(folder, "token", ".new");
            try {
                Files.writeString(written, token + "\n");
                Files.move(written, file, ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw new Failure("--out is " + file + ", which cannot be written: " + e);
        }
    }
}
