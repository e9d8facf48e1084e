package dev.heartbeat.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heartbeat.HeartbeatServer;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The certificate of the admin port is read again when its files change. */
@Timeout(30)
final class AdminTlsTest {
    private static final Path LOG = Path.of("target", "tests.log");

    @TempDir
    @Nullable
    Path folder;

    private void certificate(String name) throws Exception {
        X509Bundle made = new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        write("admin.key", made.getPrivateKeyPEM());
        write("admin.crt", made.getCertificatePathPEM());
    }

    /** As a mounted secret is: whole, under the same name. */
    private void write(String name, String content) throws IOException {
        Files.move(Files.writeString(folder.resolve("new"), content), file(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static String shown(HeartbeatAdmin admin) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(
                        admin.adminAddress().getAddress(), admin.adminAddress().getPort())) {
            X509Certificate own = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return own.getSubjectX500Principal().getName();
        }
    }

    private static void becomes(HeartbeatAdmin admin, String subject) throws Exception {
        while (!shown(admin).equals(subject)) {
            Thread.sleep(10);
        }
    }

    private List<String> rejections() throws IOException {
        return Files.readAllLines(LOG).stream()
                .filter(line -> line.contains("the certificate of the admin port: ")
                        && line.endsWith("; what was there before stays in force"))
                .toList();
    }

    @Test
    void newFilesAreShownAndBadOnesAreOneWarning() throws Exception {
        certificate("first");
        HeartbeatServer server = HeartbeatServer.builder().build();
        try (HeartbeatAdmin admin = HeartbeatAdmin.builder(server)
                .admin("127.0.0.1", 0)
                .tls(file("admin.crt"), file("admin.key"), Duration.ofMillis(1))
                .start()) {
            assertThat(shown(admin)).isEqualTo("CN=first");

            write("admin.crt", "nothing of the kind");
            while (rejections().isEmpty()) {
                assertThat(shown(admin)).isEqualTo("CN=first");
            }
            for (int i = 0; i < 10; i++) {
                assertThat(shown(admin)).isEqualTo("CN=first");
            }
            assertThat(rejections()).singleElement().asString().contains("WARN", "admin.crt");

            certificate("second");
            becomes(admin, "CN=second");
        } finally {
            server.close();
        }
    }

    @Test
    void filesThatCannotBeUsedAreRefusedAtOnce() throws Exception {
        certificate("first");
        HeartbeatAdmin.Builder builder =
                HeartbeatAdmin.builder(HeartbeatServer.builder().build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.tls(file("admin.crt"), file("no.key")))
                .withMessageContaining("the certificate of the admin port")
                .withMessageContaining("no.key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.tls(file("admin.key"), file("admin.key")))
                .withMessageContaining("admin.key");
    }
}
