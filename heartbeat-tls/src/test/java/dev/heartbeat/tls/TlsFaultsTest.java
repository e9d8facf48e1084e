package dev.heartbeat.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of peers, on real sockets. An honest client connects after each. */
@ParameterizedClass
@MethodSource("transports")
final class TlsFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Below below;
    private final BlockingQueue<String> causes = new LinkedBlockingQueue<>();
    private ServerTls tls = server(Certificates.SHARED.server(), builder -> builder);
    private HeartbeatServer server;

    TlsFaultsTest(Below below) {
        this.below = below;
        server = start();
    }

    static Stream<Below> transports() {
        return Below.all();
    }

    @AfterEach
    void honestClientConnects() throws Exception {
        try (HeartbeatClient client = connect(authorities(Certificates.SHARED), "localhost", port())) {
            client.registered().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            server.close();
        }
        assertThat(tls.stats().handshakesUnderWay()).isZero();
        assertThat(tls.stats().handshakesWaiting()).isZero();
        assertThat(tls.stats().heldBytes()).isZero();
    }

    // ---- peers of a TLS server

    @Test
    @Tag("M102")
    void clientWithoutTlsIsRefusedAndCounted() throws Exception {
        try (HeartbeatClient client = connect(null, "localhost", port())) {
            await(() -> tls.stats().notTls() > 0);
            assertThat(client.registered()).isNotDone();
        }
        assertThat(server.stats().connections().layerFailures()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET / HTTP/1.1\r\n\r\n", "\u0000\u0000\u0000", "SSH-2.0-x\r\n", "\u0016\u0001\u0001\u0001"})
    void foreignProtocolsAreRefusedAtTheirFirstBytes(String text) throws Exception {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port())) {
            peer.setSoTimeout((int) PATIENCE.toMillis());
            peer.getOutputStream().write(text.getBytes(US_ASCII));
            assertThat(endOf(peer)).isTrue();
        }
        await(() -> tls.stats().notTls() == 1);
    }

    @Test
    void recordThatAnnouncesTooMuchIsRefusedByItsHeader() throws Exception {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port())) {
            peer.setSoTimeout((int) PATIENCE.toMillis());
            peer.getOutputStream().write(new byte[] {22, 3, 1, (byte) 0xFF, (byte) 0xFF});
            assertThat(endOf(peer)).isTrue();
        }
        await(() -> tls.stats().failedHandshakes() == 1);
    }

    @Test
    void helloThatIsCutOffHoldsNothingAfterwards() throws Exception {
        try (EnginePeer peer = peer("TLSv1.3")) {
            byte[] hello = peer.wrap(ByteBuffer.allocate(0));
            peer.sendRaw(Arrays.copyOf(hello, hello.length - 1));
            await(() -> tls.stats().heldBytes() > 0);
            assertThat(tls.stats().handshakesUnderWay()).isZero();
            peer.endOutput();
            await(() -> tls.stats().failedHandshakes() == 1);
        }
        await(() -> tls.stats().heldBytes() == 0);
    }

    @Test
    void garbageInARecordIsAnsweredByAnAlert() throws Exception {
        try (EnginePeer peer = peer("TLSv1.3")) {
            byte[] garbage = new byte[5 + 200];
            garbage[0] = 22;
            garbage[1] = 3;
            garbage[2] = 1;
            garbage[4] = (byte) 200;
            peer.wrap(ByteBuffer.allocate(0));
            peer.sendRaw(garbage);
            assertThat(peer.end()).contains("alert");
        }
        await(() -> tls.stats().failedHandshakes() == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    @Tag("M106")
    void recordsCutByteByByteAreTheSame(String protocol) throws Exception {
        try (EnginePeer peer = peer(protocol).byteByByte().handshake()) {
            peer.send(ping());
            assertThat(peer.read(ping().length)).hasSize(ping().length);
        }
    }

    @Test
    @Tag("M104")
    void streamThatEndsWithoutCloseNotifyIsABrokenConnection() throws Exception {
        try (EnginePeer peer = peer("TLSv1.3").handshake()) {
            peer.send(ping());
            peer.read(ping().length);
            peer.endOutput();
            await(() -> tls.stats().brokenConnections() == 1);
        }
    }

    @Test
    @Tag("M104")
    void closeNotifyIsAnsweredAndEndsTheConnection() throws Exception {
        try (EnginePeer peer = peer("TLSv1.3").handshake()) {
            peer.send(ping());
            peer.read(ping().length);
            peer.engine.closeOutbound();
            peer.sendRaw(peer.wrap(ByteBuffer.allocate(0)));
            assertThat(peer.end()).isEqualTo("close_notify");
        }
        await(() -> server.stats().connections().open() == 0);
        assertThat(tls.stats().brokenConnections()).isZero();
    }

    @Test
    @Tag("M105")
    void renegotiationIsRefused() throws Exception {
        try (EnginePeer peer = peer("TLSv1.2").handshake()) {
            peer.send(ping());
            peer.read(ping().length);
            peer.engine.beginHandshake();
            peer.sendRaw(peer.wrap(ByteBuffer.allocate(0)));
            assertThat(endOfHandshake(peer)).as("the end of the stream").isNotEqualTo("Read timed out");
            await(() -> tls.stats().brokenConnections() == 1);
        }
    }

    @Test
    void keysAreUpdated() throws Exception {
        // The JDK asks the peer for new keys after so many bytes of a suite.
        try (EnginePeer peer = peer("TLSv1.3").handshake()) {
            for (int i = 0; i < 3; i++) {
                peer.engine.beginHandshake(); // In TLS 1.3 this updates the keys, the peer's too.
                peer.send(ping());
                assertThat(peer.read(ping().length)).hasSize(ping().length);
            }
        }
    }

    @Test
    void alteredRecordEndsTheConnection() throws Exception {
        try (EnginePeer peer = peer("TLSv1.3").handshake()) {
            byte[] record = peer.wrap(ByteBuffer.wrap(ping()));
            record[record.length - 1] ^= 1;
            peer.sendRaw(record);
            assertThat(peer.end()).contains("alert");
        }
        await(() -> tls.stats().brokenConnections() == 1);
    }

    @Test
    @Tag("M103")
    void peerThatOffersOnlyOtherProtocolsIsRefused() throws Exception {
        assumeTrue(Engines.isJdk(), "OpenSSL chooses none then, and leaves it to the peer to go");
        SSLEngine engine = Engines.clientOfTheJdk("TLSv1.3");
        var parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        engine.setSSLParameters(parameters);
        try (EnginePeer peer = new EnginePeer(port(), engine)) {
            assertThat(endOfHandshake(peer)).contains("no_application_protocol");
        }
        await(() -> tls.stats().failedHandshakes() == 1);
    }

    @Test
    @Tag("M103")
    void peerThatOffersNoProtocolIsAccepted() throws Exception {
        SSLEngine engine = Engines.clientOfTheJdk("TLSv1.3");
        var parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[0]);
        engine.setSSLParameters(parameters);
        try (EnginePeer peer = new EnginePeer(port(), engine).handshake()) {
            peer.send(ping());
            assertThat(peer.read(ping().length)).hasSize(ping().length);
        }
    }

    // ---- what a client finds

    @Test
    void serverOfAnotherAuthorityIsRefused() throws Exception {
        assertThat(causeOf(authorities(new Certificates()), "localhost", port()))
                .contains("PKIX path");
    }

    /** A server of the bus does not start with one; others do, or it expires while they run. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void serverWhoseCertificateIsNotInForceIsRefused(boolean expired) throws Exception {
        Certificates.KeyFiles files = expired ? Certificates.SHARED.expired() : Certificates.SHARED.notYetValid();
        try (ServerSocket listening = TlsPeerSockets.context(files)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread accepting = new Thread(() -> acceptAll(listening), "a server with a bad certificate");
            accepting.setDaemon(true);
            accepting.start();
            assertThat(causeOf(authorities(Certificates.SHARED), "localhost", listening.getLocalPort()))
                    .contains("validity check failed");
        }
    }

    private static void acceptAll(ServerSocket listening) {
        while (!listening.isClosed()) {
            try (Socket socket = listening.accept()) {
                int unused = socket.getInputStream().read();
            } catch (IOException e) {
                // The client goes, or the test is over.
            }
        }
    }

    @Test
    void serverOfAnotherNameIsRefused() throws Exception {
        replaceServer(Certificates.SHARED.otherHost(), builder -> builder);
        assertThat(causeOf(authorities(Certificates.SHARED), "localhost", port()))
                .contains("No subject alternative DNS name matching localhost");
        assertThat(causeOf(authorities(Certificates.SHARED), "127.0.0.1", port()))
                .contains("No subject alternative names");
        replaceServer(Certificates.SHARED.server(), builder -> builder);
    }

    @Test
    void clientWithoutTheCertificateThatIsRequiredIsRefused() throws Exception {
        replaceServer(
                Certificates.SHARED.server(),
                builder -> builder.clientAuthorities(Certificates.SHARED.authorityFile(), ClientCertificates.REQUIRED));
        try (HeartbeatClient client = connect(authorities(Certificates.SHARED), "localhost", port())) {
            await(() -> tls.stats().failedHandshakes() > 0);
            assertThat(client.registered()).isNotDone();
        }
        Certificates.KeyFiles own = Certificates.SHARED.client("n1");
        ClientTls with = Engines.client()
                .authorities(Certificates.SHARED.authorityFile())
                .certificate(own.chain(), own.key())
                .build();
        try (HeartbeatClient client = connect(with, "localhost", port())) {
            client.registered().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        replaceServer(Certificates.SHARED.server(), builder -> builder);
    }

    @Test
    void serverWithoutTlsIsAFailedHandshake() throws Exception {
        try (HeartbeatServer plain = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .transport(below.name())
                .start()) {
            int port = plain.localAddress().getPort();
            assertThat(causeOf(authorities(Certificates.SHARED), "localhost", port))
                    .contains("no TLS handshake");
            await(() -> plain.stats().connections().foreign() > 0);
        }
    }

    // ---- the parts

    private HeartbeatServer start() {
        return HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .transport(below.name())
                .layer(tls)
                .start();
    }

    private void replaceServer(Certificates.KeyFiles files, UnaryOperator<ServerTls.Builder> change) {
        server.close();
        tls = server(files, change);
        server = start();
    }

    private static ServerTls server(Certificates.KeyFiles files, UnaryOperator<ServerTls.Builder> change) {
        return change.apply(Engines.server().certificate(files.chain(), files.key()))
                .build();
    }

    private static ClientTls authorities(Certificates certificates) {
        Path file = certificates.authorityFile();
        return Engines.client().authorities(file).build();
    }

    private HeartbeatClient connect(@Nullable ClientTls with, String host, int port) {
        HeartbeatClient.Builder builder = HeartbeatClient.builder()
                .nodeId("n1")
                .host(host)
                .port(port)
                .reconnectBase(Duration.ofMillis(20))
                .handshakeTimeout(Duration.ofSeconds(2))
                .transport(below.name())
                .listener(new ClientListener() {
                    @Override
                    public void onDisconnected(Disconnect disconnect) {
                        causes.add(String.valueOf(disconnect.cause()));
                    }
                });
        return (with == null ? builder : builder.layer(with)).connect();
    }

    /** Why a client's first attempt failed. */
    private String causeOf(ClientTls with, String host, int port) throws InterruptedException {
        causes.clear();
        try (HeartbeatClient client = connect(with, host, port)) {
            return String.valueOf(causes.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
    }

    private EnginePeer peer(String protocol) throws IOException {
        return new EnginePeer(port(), Engines.clientOfTheJdk(protocol));
    }

    private int port() {
        return server.localAddress().getPort();
    }

    private static String endOfHandshake(EnginePeer peer) {
        try {
            peer.handshake();
            return peer.end();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Whether the stream ends before a byte, be it by a reset. */
    private static boolean endOf(Socket peer) {
        try {
            return peer.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** A PING with eight bytes, whose answer is as long. */
    private static byte[] ping() {
        return ByteBuffer.allocate(20)
                .putInt(0xAB020000 | 4 << 8)
                .putInt(0)
                .putInt(8)
                .putLong(42)
                .array();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNs).as("patience").isNegative();
            Thread.onSpinWait();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
