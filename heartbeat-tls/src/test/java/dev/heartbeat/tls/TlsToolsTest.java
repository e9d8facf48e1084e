package dev.heartbeat.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Networks;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.spi.IpLiteral;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Other people's TLS, where installed: OpenSSL's client, Python's, and proxies before the server. */
final class TlsToolsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Path NGINX_STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");
    /** To the length of the id, which has two bytes. */
    private static final String REGISTER = "ab020600000000000000001f" + "0123456789abcdef" + "00000001"
            + "0000000000010000" + "0000000000010000" + "02";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"-tls1_3", "-tls1_2"})
    void clientOfOpensslTalks(String version) throws Exception {
        assumeTrue(isInstalled("openssl"), "openssl is not installed");
        try (HeartbeatServer server = start(tls())) {
            Process client = new ProcessBuilder(
                            "openssl",
                            "s_client",
                            version,
                            "-quiet",
                            "-alpn",
                            "hbp/2",
                            "-verify_return_error",
                            "-verify_hostname",
                            "localhost",
                            "-CAfile",
                            Certificates.SHARED.authorityFile().toString(),
                            "-connect",
                            "127.0.0.1:" + port(server))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                byte[] ping = ByteBuffer.allocate(20)
                        .putInt(0xAB020400)
                        .putInt(0)
                        .putInt(8)
                        .putLong(42)
                        .array();
                client.getOutputStream().write(ping);
                client.getOutputStream().flush();
                byte[] pong = new DataInputStream(client.getInputStream()).readNBytes(ping.length);
                assertThat(ByteBuffer.wrap(pong).getLong(12)).isEqualTo(42);
            } finally {
                client.destroy();
                assertThat(client.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            }
        }
    }

    /** The peer that is written from the protocol's page alone, by the TLS of its language. */
    @Test
    @Tag("M102")
    @Tag("M104")
    void peerInPythonTalksAndLeaves() throws Exception {
        assumeTrue(isInstalled("python3"), "python3 is not installed");
        ServerTls tls = tls();
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        CompletableFuture<HeartbeatServer> started = new CompletableFuture<>();
        try (HeartbeatServer server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .heartbeatInterval(Duration.ofMillis(100))
                .layer(tls)
                .onMessage((from, message) -> started.join().trySend(from.id(), message))
                .listener(new NodeListener() {
                    @Override
                    public void onOffline(Node node, OfflineReason reason) {
                        ends.add(node.id() + " " + reason);
                    }
                })
                .start()) {
            started.complete(server);
            Process peer = python(server, Certificates.SHARED.authorityFile());
            try (BufferedReader says = peer.inputReader(UTF_8);
                    BufferedWriter hears = peer.outputWriter(UTF_8)) {
                // Of many records.
                String large = "heartbeat ".repeat(10_000);
                for (String message : List.of("hello", large)) {
                    hears.write(message + "\n");
                    hears.flush();
                    assertThat(next(says, "message")).isEqualTo("message " + message);
                }
                assertThat(next(says, "rtt")).endsWith("ms");
                hears.close();
                assertThat(next(says, "closed")).isEqualTo("closed left");
                assertThat(ends.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("py UNREGISTERED");
            } finally {
                peer.destroyForcibly();
            }
        }
        assertThat(tls.stats().completedHandshakes()).isEqualTo(1);
        assertThat(tls.stats().brokenConnections()).isZero();
    }

    @Test
    void peerInPythonRefusesTheServerOfAnotherAuthority() throws Exception {
        assumeTrue(isInstalled("python3"), "python3 is not installed");
        ServerTls tls = tls();
        try (HeartbeatServer server = start(tls)) {
            Process peer = python(server, new Certificates().authorityFile());
            assertThat(peer.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(peer.exitValue()).isNotZero();
            assertThat(server.nodes().size()).isZero();
        }
        assertThat(tls.stats().completedHandshakes()).isZero();
    }

    private static Process python(HeartbeatServer server, Path authorities) throws IOException {
        ProcessBuilder peer = new ProcessBuilder(
                "python3",
                Path.of("../examples/python/hbp2.py").toString(),
                "localhost",
                String.valueOf(port(server)),
                "py",
                authorities.toString());
        peer.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        peer.environment().put("PYTHONUTF8", "1");
        return peer.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** The next line of this kind. */
    private static String next(BufferedReader says, String kind) throws IOException {
        String line = says.readLine();
        while (line != null && !line.startsWith(kind)) {
            line = says.readLine();
        }
        return String.valueOf(line);
    }

    @Test
    void haproxyPassesTlsThrough() throws Exception {
        assumeTrue(isInstalled("haproxy"), "haproxy is not installed");
        try (HeartbeatServer server = start(tls())) {
            int port = freePort();
            try (Proxy proxy = haproxy(port, "", "127.0.0.1:" + port(server))) {
                assertThat(registersThrough(proxy.port)).isTrue();
            }
        }
    }

    @Test
    void haproxyEndsTls() throws Exception {
        assumeTrue(isInstalled("haproxy"), "haproxy is not installed");
        Certificates.KeyFiles files = Certificates.SHARED.server();
        Path both = Files.write(
                folder.resolve("both.pem"),
                Stream.concat(Files.readAllLines(files.chain()).stream(), Files.readAllLines(files.key()).stream())
                        .toList());
        try (HeartbeatServer server = start(null)) {
            int port = freePort();
            try (Proxy proxy = haproxy(port, " ssl crt " + both + " alpn hbp/2", "127.0.0.1:" + port(server))) {
                assertThat(registersThrough(proxy.port)).isTrue();
            }
        }
    }

    /** Two clients on addresses of their own, each of which may connect once. */
    @ParameterizedTest
    @CsvSource({"send-proxy, false", "send-proxy-v2, false", "send-proxy-v2, true"})
    void haproxyNamesTheClient(String how, boolean overTls) throws Exception {
        assumeTrue(isInstalled("haproxy"), "haproxy is not installed");
        try (HeartbeatServer server = behindProxy(overTls ? tls() : null);
                Proxy proxy = haproxy(freePort(), "", "127.0.0.1:" + port(server) + " " + how + " check inter 50ms")) {
            requireClientsAddress(server, proxy.port, overTls);
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void nginxNamesTheClient(boolean overTls) throws Exception {
        assumeTrue(isInstalled("nginx"), "nginx is not installed");
        assumeTrue(Files.exists(NGINX_STREAM), "nginx has no module stream");
        try (HeartbeatServer server = behindProxy(overTls ? tls() : null);
                Proxy proxy = nginx(freePort(), "", "", port(server) + "; proxy_protocol on")) {
            requireClientsAddress(server, proxy.port, overTls);
        }
    }

    private static HeartbeatServer behindProxy(@Nullable ServerTls tls) {
        HeartbeatServer.Builder builder = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .maxConnectionsPerAddress(1)
                .proxyProtocolFrom(Networks.of("127.0.0.1"));
        return (tls == null ? builder : builder.layer(tls)).start();
    }

    private static void requireClientsAddress(HeartbeatServer server, int proxy, boolean overTls) throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "only Linux has all of 127.0.0.0/8");
        try (Socket one = connect("127.0.0.2", proxy, overTls);
                Socket other = connect("127.0.0.3", proxy, overTls)) {
            requireAddress(server, one, "n1", "6e31");
            requireAddress(server, other, "n2", "6e32");
            long before = refusedByAddress(server);
            try (Socket second = connect("127.0.0.2", proxy, false)) {
                assertThat(isClosed(second)).isTrue();
            }
            assertThat(refusedByAddress(server)).isGreaterThan(before);
        }
        assertThat(server.stats().connections().layerFailures()).isZero();
    }

    private static long refusedByAddress(HeartbeatServer server) {
        return server.stats().connections().refusals().getOrDefault(ConnectionRefusal.ADDRESS_CONNECTIONS, 0L);
    }

    private static boolean isClosed(Socket client) throws IOException {
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private static void requireAddress(HeartbeatServer server, Socket client, String id, String idInHex)
            throws IOException {
        client.getOutputStream().write(HexFormat.of().parseHex(REGISTER + idInHex));
        byte[] answer = client.getInputStream().readNBytes(3);
        assertThat(HexFormat.of().formatHex(answer)).as("REGISTERED").isEqualTo("ab0209");
        assertThat(server.nodes().find(id).orElseThrow().remoteAddress()).isEqualTo(client.getLocalSocketAddress());
    }

    private static Socket connect(String from, int port, boolean overTls) throws Exception {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port, IpLiteral.parse(from), 0);
        plain.setSoTimeout((int) PATIENCE.toMillis());
        if (!overTls) {
            return plain;
        }
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null, null);
        try (InputStream file = Files.newInputStream(Certificates.SHARED.authorityFile())) {
            authorities.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"hbp/2"});
        socket.setSSLParameters(parameters);
        return socket;
    }

    private Proxy haproxy(int port, String tls, String server) throws Exception {
        Path config = Files.writeString(folder.resolve("haproxy.cfg"), """
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                frontend bus
                  bind 127.0.0.1:%d%s
                  default_backend servers
                backend servers
                  server one %s
                """.formatted(port, tls, server));
        return new Proxy(port, List.of("haproxy", "-db", "-f", config.toString()));
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void nginxPassesTlsThroughAndEndsIt(boolean ends) throws Exception {
        assumeTrue(isInstalled("nginx"), "nginx is not installed");
        assumeTrue(Files.exists(NGINX_STREAM), "nginx has no module stream");
        Certificates.KeyFiles files = Certificates.SHARED.server();
        String tls = ends ? "ssl_certificate %s; ssl_certificate_key %s;".formatted(files.chain(), files.key()) : "";
        try (HeartbeatServer server = start(ends ? null : tls());
                Proxy proxy = nginx(freePort(), ends ? " ssl" : "", tls, String.valueOf(port(server)))) {
            assertThat(registersThrough(proxy.port)).isTrue();
        }
    }

    private Proxy nginx(int port, String listen, String directives, String serversPort) throws Exception {
        Path config = Files.writeString(folder.resolve("nginx.conf"), """
                load_module %s;
                daemon off;
                pid %s;
                error_log stderr;
                events { worker_connections 64; }
                stream {
                  server {
                    listen 127.0.0.1:%d%s;
                    %s
                    proxy_pass 127.0.0.1:%s;
                  }
                }
                """.formatted(
                        NGINX_STREAM, folder.resolve("nginx.pid"), port, listen, directives, serversPort));
        return new Proxy(port, List.of("nginx", "-c", config.toString(), "-p", folder.toString()));
    }

    private static boolean registersThrough(int port) throws Exception {
        try (HeartbeatClient client = HeartbeatClient.builder()
                .nodeId("n1")
                .server("localhost", port)
                .layer(Engines.client()
                        .authorities(Certificates.SHARED.authorityFile())
                        .build())
                .connect()) {
            client.registered().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            client.send(UTF_8.encode("hello")).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return true;
        }
    }

    private static ServerTls tls() {
        Certificates.KeyFiles files = Certificates.SHARED.server();
        return Engines.server().certificate(files.chain(), files.key()).build();
    }

    private static HeartbeatServer start(@Nullable ServerTls tls) {
        HeartbeatServer.Builder builder =
                HeartbeatServer.builder().host("127.0.0.1").port(0);
        return (tls == null ? builder : builder.layer(tls)).start();
    }

    private static int port(HeartbeatServer server) {
        return server.localAddress().getPort();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isInstalled(String program) {
        return Stream.of("/usr/bin/", "/usr/sbin/", "/usr/local/bin/")
                .anyMatch(folder -> Files.isExecutable(Path.of(folder + program)));
    }

    /** A proxy that listens when it is made. */
    private static final class Proxy implements AutoCloseable {
        final int port;
        private final Process process;

        Proxy(int port, List<String> command) throws Exception {
            this.port = port;
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
            while (!listens()) {
                assertThat(process.isAlive()).as("%s runs", command).isTrue();
                assertThat(System.nanoTime() - deadlineNs).isNegative();
                LockSupport.parkNanos(10_000_000);
            }
        }

        private boolean listens() {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return probe.isConnected();
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
