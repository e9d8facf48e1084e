package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/TLS.md: its certificates, and a server and a client that use them. */
@Tag("once")
final class TlsTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void makeCertificates() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        List<String> commands = Files.readAllLines(Page.ROOT.resolve("docs/TLS.md")).stream()
                .filter(line -> line.startsWith("openssl "))
                .toList();
        assertThat(commands).hasSize(6);
        for (String command : commands) {
            Process process = new ProcessBuilder("/bin/sh", "-c", command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("openssl.log").toFile())
                    .start();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(command).isZero();
        }
    }

    @Test
    void aClientRegistersOverTlsAndShowsItsCertificate() throws Exception {
        try (CommandProcess server = new CommandProcess(
                "server",
                "--host=127.0.0.1",
                "--port=0",
                "--tls-cert=" + folder.resolve("server.crt"),
                "--tls-key=" + folder.resolve("server.key"),
                "--tls-client-ca=" + folder.resolve("ca.crt"),
                "--tls-ticket-keys=" + folder.resolve("ticket.keys"))) {
            String port = "--port=" + server.next("listening").integer("port");
            try (CommandProcess client = new CommandProcess(
                    "client",
                    "--host=localhost",
                    port,
                    "--tls-ca=" + folder.resolve("ca.crt"),
                    "--tls-cert=" + folder.resolve("node.crt"),
                    "--tls-key=" + folder.resolve("node.key"))) {
                client.next("registered");
                server.next("online");
            }
        }
    }

    @Test
    void theAdminPortSpeaksTlsBeyondTheLoopback() throws Exception {
        Path token = Files.writeString(folder.resolve("admin.token"), "token of an administrator");
        try (CommandProcess server = new CommandProcess(
                "server",
                "--host=127.0.0.1",
                "--port=0",
                "--admin=0",
                "--admin-host=0.0.0.0",
                "--admin-tls-cert=" + folder.resolve("server.crt"),
                "--admin-tls-key=" + folder.resolve("server.key"),
                "--admin-token-file=" + token)) {
            long port = server.next("listening").integer("adminPort");
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/health"));
            HttpClient client =
                    HttpClient.newBuilder().sslContext(trusting("ca.crt")).build();
            assertThat(client.send(request.build(), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(401);
            request.header("Authorization", "Bearer token of an administrator");
            assertThat(client.send(request.build(), BodyHandlers.ofString()).body())
                    .contains("\"state\":\"RUNNING\"");
        }
    }

    private SSLContext trusting(String authority) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(folder.resolve(authority))) {
            trusted.setCertificateEntry(
                    authority, CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    @Test
    void ticketKeysOfAnotherSizeAreOneLineThatNamesTheFile() throws IOException {
        try (CommandProcess server = new CommandProcess(
                "server",
                "--port=0",
                "--tls-cert=" + folder.resolve("server.crt"),
                "--tls-key=" + folder.resolve("server.key"),
                "--tls-ticket-keys=" + folder.resolve("server.crt"))) {
            server.process().onExit().join();
            assertThat(server.errors())
                    .contains("TLS: the ticket keys: " + folder.resolve("server.crt") + " holds ")
                    .doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void aKeyThatIsMissingIsOneLineThatNamesTheOption() throws IOException {
        try (CommandProcess server = new CommandProcess("server", "--tls-cert=" + folder.resolve("server.crt"))) {
            server.process().onExit().join();
            assertThat(server.errors()).contains("--tls-key is missing").doesNotContain("Exception", "\tat ");
        }
    }
}
