package dev.heartbeat.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.auth.Authenticator;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers and clients that take their secrets from files, on real sockets. */
final class TokensOnSocketsTest {
    private static final long PATIENCE_SECONDS = 20;
    private static final String TOKEN = "a-token-of-site-3";

    @TempDir
    private Path temporary;

    private TokenFolder folder;

    @BeforeEach
    void useFolder() {
        folder = new TokenFolder(temporary);
    }

    private static HeartbeatServer start(Authenticator authenticator) {
        return HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .transport("nio")
                .authenticator(authenticator)
                .start();
    }

    private static HeartbeatClient connect(HeartbeatServer server, String nodeId, Path token) {
        return HeartbeatClient.builder()
                .host("127.0.0.1")
                .port(server.localAddress().getPort())
                .transport("nio")
                .nodeId(nodeId)
                .credentials(TokenFile.of(token))
                .connect();
    }

    private static void await(HeartbeatClient client) throws Exception {
        client.registered().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void assertRefused(HeartbeatClient client) {
        assertThatThrownBy(() -> await(client))
                .hasCauseInstanceOf(HeartbeatException.class)
                .extracting(failure -> ((HeartbeatException) failure.getCause()).code())
                .isEqualTo(FailureCode.UNAUTHORIZED);
    }

    @Test
    void tokenOfAFileLetsItsHolderRegister() throws Exception {
        try (HeartbeatServer server = start(SharedTokens.of(folder.write("tokens", "site-3 " + TOKEN)));
                HeartbeatClient client = connect(server, "n1", folder.write("good", TOKEN));
                HeartbeatClient other = connect(server, "n2", folder.write("bad", TOKEN + "x"))) {
            await(client);
            assertThat(server.nodes().find("n1").orElseThrow().principal()).isEqualTo("site-3");
            assertRefused(other);
            assertThat(server.nodes().find("n2")).isEmpty();
        }
    }

    @Test
    void signedTokenLetsItsHolderRegisterAndAttach() throws Exception {
        SignedTokens tokens = SignedTokens.of(folder.write("keys", "k1 " + "0123456789abcdef".repeat(4)));
        String token = mint(tokens);
        try (HeartbeatServer server = start(tokens);
                HeartbeatClient gateway = connect(server, "site-3", folder.write("token", token));
                HeartbeatClient other = connect(server, "site-4", folder.write("token", token))) {
            await(gateway);
            CountDownLatch attached = new CountDownLatch(1);
            gateway.attach("site-3-7", Map.of(), new AttachedNodeListener() {
                @Override
                public void onRegistered(long epoch) {
                    attached.countDown();
                }
            });
            assertThat(attached.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(server.nodes().find("site-3-7").orElseThrow().principal())
                    .isEqualTo("account 3");
            assertRefused(other);
        }
    }

    private static String mint(SignedTokens tokens) {
        return tokens.mint(
                "k1",
                TokenClaims.of("account 3", "site-3", Instant.now().plusSeconds(600))
                        .attaching("site-3-*"));
    }
}
