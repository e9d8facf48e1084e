package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server and clients print no secret at any level: neither while all goes well, nor in what they
 * say of a wrong one.
 */
@Timeout(60)
@Tag("once")
final class SecretsTest {
    private static final String PASSWORD = "opensesame-4711";
    private static final String TOKEN = "k7Jx0pVb2mQ9sTtWcY4rLnAe";
    private static final String WRONG = "w3Ong0pVb2mQ9sTtWcY4rLnAe";
    private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    @TempDir
    private Path folder;

    private final List<String> printed = new ArrayList<>();

    @BeforeEach
    void makeCertificate() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:" + PASSWORD
                + " -out server.key");
        openssl("req -x509 -key server.key -passin pass:" + PASSWORD
                + " -subj /CN=bus -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -out server.crt");
    }

    private void openssl(String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.split(" ", -1)));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("openssl.log").toFile())
                .start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private Path write(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static CommandProcess traced(String... arguments) throws IOException {
        return new CommandProcess(CommandProcess.command(arguments).options(CommandProcess.logging("trace")), Map.of());
    }

    private CommandProcess server(String... tokens) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "server",
                "--host=127.0.0.1",
                "--port=0",
                "--stats-every=100ms",
                "--tls-cert=" + folder.resolve("server.crt"),
                "--tls-key=" + folder.resolve("server.key"),
                "--tls-key-password-file=" + write("password", PASSWORD),
                "--tls-ticket-keys=" + write("ticket.keys", "0123456789abcdef".repeat(3))));
        arguments.addAll(List.of(tokens));
        return traced(arguments.toArray(String[]::new));
    }

    private CommandProcess client(String port, String token) throws IOException {
        return traced(
                "client",
                "--host=127.0.0.1",
                port,
                "--node-id=node-7",
                "--tls-ca=" + folder.resolve("server.crt"),
                "--token-file=" + write("token", token));
    }

    private void keep(CommandProcess process) throws Exception {
        process.terminate();
        printed.addAll(process.rest());
        process.awaitStatus();
        printed.addAll(process.errors().lines().toList());
    }

    private void nothingIsPrintedOf(String... secrets) {
        assertThat(printed).anyMatch(line -> line.contains("TRACE frames") || line.contains("dev.heartbeat.frames"));
        String all = String.join("\n", printed).toLowerCase(Locale.ROOT);
        for (String secret : secrets) {
            // Beside the text itself its middle, its bytes in hexadecimal, and those as a list.
            List<String> forms = new ArrayList<>(List.of(secret, secret.substring(4, secret.length() - 4)));
            StringBuilder hex = new StringBuilder();
            secret.substring(0, 8).chars().forEach(c -> hex.append(String.format("%02x", c)));
            forms.add(hex.toString());
            forms.add(List.of((int) secret.charAt(0), (int) secret.charAt(1), (int) secret.charAt(2), (int)
                            secret.charAt(3))
                    .toString()
                    .replace("]", ""));
            forms.forEach(form -> assertThat(all).doesNotContain(form.toLowerCase(Locale.ROOT)));
        }
    }

    @Test
    void sharedTokensAndPasswordsStayUnseen() throws Exception {
        try (CommandProcess server = server("--token-file=" + write("tokens", "site-3 " + TOKEN))) {
            String port = "--port=" + server.next("listening").integer("port");
            try (CommandProcess client = client(port, TOKEN)) {
                client.next("registered");
                keep(client);
            }
            try (CommandProcess client = client(port, WRONG)) {
                client.next("closed");
                keep(client);
            }
            keep(server);
        }
        nothingIsPrintedOf(
                TOKEN,
                WRONG,
                PASSWORD,
                "0123456789abcdef",
                Files.readAllLines(folder.resolve("server.key")).get(1));
    }

    @Test
    @Tag("long")
    void signedTokensAndTheirKeysStayUnseen() throws Exception {
        Path keys = write("keys", "k1 " + KEY);
        Path minted = folder.resolve("minted");
        assertThat(Main.commandLine()
                        .execute(
                                "token",
                                "mint",
                                "--token-keys=" + keys,
                                "--key-id=k1",
                                "--principal=site-3",
                                "--node-id=node-*",
                                "--valid-for=1h",
                                "--out=" + minted))
                .isZero();
        String token = Files.readString(minted).strip();
        String signature = token.substring(token.lastIndexOf('.') + 1);
        try (CommandProcess server = server("--token-keys=" + keys)) {
            String port = "--port=" + server.next("listening").integer("port");
            try (CommandProcess client = client(port, token)) {
                client.next("registered");
                keep(client);
            }
            try (CommandProcess client = client(port, token.substring(0, token.length() - 4) + "AAAA")) {
                client.next("closed");
                keep(client);
            }
            keep(server);
        }
        nothingIsPrintedOf(signature, KEY, "0123456789abcdef");
    }

    /** A bad file of secrets is reported without a word of it. */
    @Test
    @Tag("long")
    void badSecretsStayUnseen() throws Exception {
        for (String arguments : List.of(
                "--token-file=" + write("tokens", "site-3 " + TOKEN + " " + TOKEN + "/"),
                "--token-keys=" + write("keys", "k1 " + TOKEN + "!"),
                "--config=" + write("options", "token = " + TOKEN),
                "--tls-client-ca=" + write("authorities", TOKEN))) {
            try (CommandProcess server = server(arguments)) {
                assertThat(server.awaitStatus()).isEqualTo(2);
                printed.addAll(server.rest());
                printed.addAll(server.errors().lines().toList());
            }
        }
        assertThat(String.join("\n", printed)).doesNotContain(TOKEN, PASSWORD);
    }
}
