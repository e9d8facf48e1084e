package dev.heartbeat.tls;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientListener;
import dev.heartbeat.ClientState;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node whose certificate is all that it shows: when its grant expires it comes back over another
 * connection, with the certificate that its files have by then.
 */
final class CertificateRenewalTest {
    private static final int PORT = 9501;
    private static final Duration TIME = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private final Simulation sim = new Simulation(43);
    private final Host serverHost = sim.newHost("server");
    /** The names in the certificates of those who registered. */
    private final List<String> asked = new ArrayList<>();

    private final List<String> told = new ArrayList<>();
    private final List<String> clientTold = new ArrayList<>();

    private final class Nodes implements NodeListener {
        @Override
        public void onOnline(Node node) {
            told.add("ONLINE");
        }

        @Override
        public void onSuspect(Node node, SuspectReason reason) {
            told.add("SUSPECT " + reason);
        }

        @Override
        public void onOffline(Node node, OfflineReason reason) {
            told.add("OFFLINE " + reason);
        }
    }

    private Grant grantOf(Applicant applicant) {
        X509Certificate shown = (X509Certificate) applicant.certificates().get(0);
        asked.add(shown.getSubjectX500Principal().getName());
        return Grant.to("node").validFor(TIME);
    }

    private HeartbeatServer server(String protocol) {
        Certificates.KeyFiles files = Certificates.SHARED.server();
        return HeartbeatServer.builder()
                .port(PORT)
                .transport(serverHost.transport())
                .layer(Engines.server()
                        .certificate(files.chain(), files.key())
                        .clientAuthorities(Certificates.SHARED.authorityFile(), ClientCertificates.REQUIRED)
                        .protocols(protocol)
                        .options(options -> options.handshakeThreads(0))
                        .build())
                .authenticator(applicant -> completedFuture(grantOf(applicant)))
                .listener(new Nodes())
                .start();
    }

    private HeartbeatClient client() {
        return HeartbeatClient.builder()
                .nodeId("n1")
                .server(serverHost.address(), PORT)
                .transport(sim.newHost("client").transport())
                .layer(Engines.client()
                        .authorities(Certificates.SHARED.authorityFile())
                        .serverName("localhost")
                        .certificate(folder.resolve("node.crt"), folder.resolve("node.key"))
                        .options(options -> options.handshakeThreads(0))
                        .clock(() -> sim.now().toNanos())
                        .reader(Runnable::run)
                        .build())
                .listener(new ClientListener() {
                    @Override
                    public void onDisconnected(CloseReason reason, @Nullable Duration retryIn) {
                        clientTold.add("disconnected " + reason);
                    }
                })
                .connect();
    }

    private void certificate(String name) throws IOException {
        Certificates.KeyFiles files = Certificates.SHARED.client(name);
        Files.copy(files.chain(), folder.resolve("node.crt"), REPLACE_EXISTING);
        Files.copy(files.key(), folder.resolve("node.key"), REPLACE_EXISTING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void expiredGrantIsRenewedByTheCertificateThatTheFilesHaveThen(String protocol) throws Exception {
        certificate("first");
        HeartbeatServer server = server(protocol);
        HeartbeatClient client = client();
        sim.advance(Duration.ofSeconds(5));
        assertThat(asked).containsExactly("CN=first");
        certificate("second");
        sim.advance(TIME);
        assertThat(asked).containsExactly("CN=first", "CN=second");
        sim.advance(TIME);
        assertThat(asked).containsExactly("CN=first", "CN=second", "CN=second");

        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(clientTold).containsExactly("disconnected EXPIRED", "disconnected EXPIRED");
        assertThat(told).containsExactly("ONLINE", "SUSPECT LOST", "ONLINE", "SUSPECT LOST", "ONLINE");
        sim.await(server.closeAsync(), Duration.ofSeconds(20));
    }

    /** Otherwise the first handshake after a long time would show what was there before it. */
    @Test
    void handshakeBeginsWithTheFilesAsTheyAreAndResumesNoSessionOfOtherKeys() throws Exception {
        long[] nowNs = {0};
        certificate("first");
        ClientTls tls = Engines.client()
                .authorities(Certificates.SHARED.authorityFile())
                .certificate(folder.resolve("node.crt"), folder.resolve("node.key"))
                .clock(() -> nowNs[0])
                .build();
        assertThat(tls.newEngine("localhost", 9501).getPeerPort()).isEqualTo(9501);
        certificate("second");
        nowNs[0] = Duration.ofHours(1).toNanos();
        assertThat(tls.newEngine("localhost", 9501).getPeerPort()).isEqualTo(9501 + (1 << 16));
        nowNs[0] *= 2;
        assertThat(tls.newEngine("localhost", 9501).getPeerPort()).isEqualTo(9501 + (1 << 16));
    }
}
