package dev.heartbeat.cli;

import dev.heartbeat.credentials.SignedToken;
import dev.heartbeat.credentials.TokenClaims;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a signed token says. It takes a file, as other users can see command lines. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Prints what the token in a file says, but not its signature, which it does not verify.")
final class TokenShowCommand implements Callable<Integer> {
    private static final int MOST = 8192;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The file with the token; - for standard input.")
    private Path file;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            SignedToken token = SignedToken.read(text().strip());
            TokenClaims claims = token.claims();
            out.println("key id: " + token.keyId());
            out.println("principal: " + claims.principal());
            out.println("node id: " + claims.nodeIds());
            claims.attaching().forEach(pattern -> out.println("attaching: " + pattern));
            if (claims.notBefore() != null) {
                out.println("not before: " + claims.notBefore());
            }
            out.println("expires at: " + claims.expiresAt());
            out.flush();
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), file + ": " + e.getMessage(), e);
        }
    }

    private String text() {
        try (InputStream in = file.toString().equals("-") ? System.in : Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // A token given for a file would stand in its message.
            throw new ParameterException(
                    spec.commandLine(),
                    "FILE cannot be read; a file with a token is allowed, or - for standard input",
                    e);
        }
    }
}
