package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ExitCode;

/** Signed tokens: made and shown by commands, and used by a server and a client. */
@Tag("once")
final class TokenTest {
    private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Path write(String name, String... lines) throws IOException {
        Path file = Files.write(folder.resolve(name), List.of(lines));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private int mint(Path keys, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "token",
                "mint",
                "--token-keys=" + keys,
                "--key-id=k1",
                "--principal=site-3",
                "--node-id=node-*",
                "--attach=edge-*",
                "--valid-for=1h"));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    @Test
    void aClientRegistersWithAMintedToken() throws Exception {
        Path keys = write("keys", "k1 " + KEY);
        Path token = folder.resolve("node-7.token");
        assertThat(mint(keys, "--out=" + token)).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        try (CommandProcess server =
                new CommandProcess("server", "--host=127.0.0.1", "--port=0", "--token-keys=" + keys)) {
            String port = "--port=" + server.next("listening").integer("port");
            try (CommandProcess client = new CommandProcess(
                    "client", "--host=127.0.0.1", port, "--node-id=node-7", "--token-file=" + token)) {
                client.next("registered");
                server.next("online");
            }
        }
    }

    @Test
    void showSaysWhatATokenSaysButNotItsSignature() throws IOException {
        assertThat(mint(write("keys", "k1 " + KEY))).isZero();
        String token = out.toString().strip();
        out.getBuffer().setLength(0);

        assertThat(run("token", "show", write("token", token).toString())).isZero();
        assertThat(out.toString())
                .startsWith("key id: k1\nprincipal: site-3\nnode id: node-*\nattaching: edge-*\nexpires at: 2")
                .doesNotContain(token.substring(token.lastIndexOf('.') + 1));
    }

    @Test
    void badFilesAreOneLineWithoutASecret() throws IOException {
        assertThat(mint(write("keys", "k2 " + KEY))).isEqualTo(ExitCode.USAGE);
        assertThat(mint(write("keys", "k1 secret!"))).isEqualTo(ExitCode.USAGE);
        assertThat(run("token", "show", "secret-in-place-of-a-file")).isEqualTo(ExitCode.USAGE);
        assertThat(run("token", "show", write("token", "secret").toString())).isEqualTo(ExitCode.USAGE);
        assertThat(run("server", "--token-file=" + write("tokens", "site-3 secret")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("server", "--token-file=" + write("tokens", "a b"), "--token-keys=" + write("keys", "a b")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("client", "--token-file=" + write("empty"))).isEqualTo(ExitCode.USAGE);
        assertThat(run(
                        "server",
                        "--jwt-keys=" + write("jwks", "{\"secret"),
                        "--jwt-algorithms=ES256,RS256",
                        "--jwt-issuer=https://login.example",
                        "--jwt-audience=heartbeat"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("server", "--jwt-keys=" + folder.resolve("jwks"), "--jwt-algorithms=ES256"))
                .isEqualTo(ExitCode.USAGE);

        assertThat(err.toString()).doesNotContain("secret", KEY, "Exception");
        assertThat(err.toString().lines())
                .hasSize(9)
                .anyMatch(line ->
                        line.contains("--jwt-keys: " + folder.resolve("jwks") + " is neither a JWKS nor PEM, allowed"))
                .anyMatch(line -> line.contains("--jwt-keys, --jwt-algorithms, --jwt-issuer and --jwt-audience"))
                .anyMatch(line -> line.contains("--key-id is k1, and " + folder.resolve("keys") + " has k2"))
                .anyMatch(
                        line -> line.contains("--token-file: " + folder.resolve("tokens") + ", line 1: its token has"))
                .anyMatch(line -> line.contains("allowed is one of them"))
                .anyMatch(line -> line.contains(folder.resolve("empty") + " has a token of 0 bytes"));
    }
}
