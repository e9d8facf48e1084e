package dev.heartbeat.jwt;

import static dev.heartbeat.jwt.Issuer.NODE;
import static dev.heartbeat.jwt.Issuer.claims;
import static dev.heartbeat.jwt.Issuer.signed;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.HeartbeatServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that asks for JSON Web Tokens, on real sockets. */
@Tag("once")
final class JsonWebTokensOnSocketsTest {
    private static final long PATIENCE_SECONDS = 20;

    @Test
    void tokenLetsItsHolderRegister(@TempDir Path folder) throws Exception {
        Path keys = Files.writeString(folder.resolve("jwks.json"), Issuer.jwks(Issuer.EC));
        JsonWebTokens tokens = JsonWebTokens.publicKeys(keys, "ES256")
                .issuer(Issuer.NAME)
                .audience("heartbeat")
                .clock(InstantSource.fixed(Issuer.NOW))
                .build();
        String token = signed(claims());
        try (HeartbeatServer server = HeartbeatServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .transport("nio")
                        .authenticator(tokens)
                        .start();
                HeartbeatClient client = connect(server, NODE, token);
                HeartbeatClient other = connect(server, "node-8", token)) {
            client.registered().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(server.nodes().find(NODE).orElseThrow().principal()).isEqualTo(NODE);
            assertThatThrownBy(() -> other.registered().get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            HeartbeatException.class,
                            failure -> assertThat(failure.code()).isEqualTo(FailureCode.UNAUTHORIZED));
        }
    }

    private static HeartbeatClient connect(HeartbeatServer server, String nodeId, String token) {
        return HeartbeatClient.builder()
                .host("127.0.0.1")
                .port(server.localAddress().getPort())
                .transport("nio")
                .nodeId(nodeId)
                .credential(token.getBytes(US_ASCII))
                .connect();
    }
}
