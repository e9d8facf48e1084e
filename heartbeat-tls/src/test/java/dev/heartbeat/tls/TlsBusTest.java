package dev.heartbeat.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.MessageHandler;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers and clients over TLS, on real sockets of each transport. */
@ParameterizedClass
@MethodSource("transports")
final class TlsBusTest {
    private static final long PATIENCE_SECONDS = 20;

    private final Below below;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    TlsBusTest(Below below) {
        this.below = below;
    }

    static Stream<Below> transports() {
        return Below.all();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aNodeRegistersAndMessagesGoBothWays(String protocol) throws Exception {
        ServerTls tls = server(Certificates.SHARED.server(), builder -> builder.protocols(protocol));
        try (HeartbeatServer server = start(tls, (from, message) -> received.add(from.id() + ":" + text(message)));
                HeartbeatClient client = connect(server, client(builder -> builder))) {
            client.registered().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            client.send(utf8("up")).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(next()).isEqualTo("n1:up");
            server.send("n1", utf8("down")).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(next()).isEqualTo("client:down");
        }
        assertThat(tls.stats().completedHandshakes()).isEqualTo(1);
        assertThat(tls.stats().brokenConnections()).isZero();
        assertThat(tls.stats().heldBytes()).isZero();
    }

    @Test
    void largeMessagesArriveWhole() throws Exception {
        ServerTls tls = server(Certificates.SHARED.server(), builder -> builder);
        byte[] large = new byte[4 << 20];
        Arrays.fill(large, (byte) 7);
        try (HeartbeatServer server = start(tls, (from, message) -> received.add(sum(message)));
                HeartbeatClient client = connect(server, client(builder -> builder))) {
            client.registered().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            for (int i = 0; i < 3; i++) {
                client.send(ByteBuffer.wrap(large)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertThat(next()).isEqualTo(large.length + " bytes, " + 7L * large.length);
            }
        }
    }

    private static String sum(ByteBuffer message) {
        int bytes = message.remaining();
        long sum = 0;
        while (message.hasRemaining()) {
            sum += message.get();
        }
        return bytes + " bytes, " + sum;
    }

    private HeartbeatServer start(ServerTls tls, MessageHandler handler) {
        return HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .transport(below.name())
                .maxMessageBytes(8 << 20)
                .layer(tls)
                .onMessage(handler)
                .start();
    }

    private HeartbeatClient connect(HeartbeatServer server, ClientTls tls) {
        return HeartbeatClient.builder()
                .nodeId("n1")
                .host("localhost")
                .port(server.localAddress().getPort())
                .transport(below.name())
                .maxMessageBytes(8 << 20)
                .layer(tls)
                .onMessage(message -> received.add("client:" + text(message)))
                .connect();
    }

    private static ServerTls server(Certificates.KeyFiles files, UnaryOperator<ServerTls.Builder> change) {
        return change.apply(Engines.server().certificate(files.chain(), files.key()))
                .build();
    }

    private static ClientTls client(UnaryOperator<ClientTls.Builder> change) {
        return change.apply(Engines.client().authorities(Certificates.SHARED.authorityFile()))
                .build();
    }

    private String next() throws InterruptedException {
        return String.valueOf(received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static String text(ByteBuffer message) {
        return UTF_8.decode(message).toString();
    }
}
