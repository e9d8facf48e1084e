package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.auth.Grant;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A peer in another language, which shares nothing with this code but the page of the protocol. */
@Timeout(60)
final class PythonPeerTest {
    private static final String LARGE =
            IntStream.range(0, 60_000).mapToObj(String::valueOf).collect(Collectors.joining());

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final CompletableFuture<HeartbeatServer> started = new CompletableFuture<>();
    private HeartbeatServer server;

    @BeforeAll
    static void requirePython() throws InterruptedException {
        assumeTrue(isPythonThere(), "python3 is not on the PATH, so the peer in Python is not tested");
    }

    @BeforeEach
    void start() {
        server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .heartbeatInterval(Duration.ofMillis(100))
                .suspectAfter(Duration.ofSeconds(2))
                .heartbeatTimeout(Duration.ofSeconds(3))
                .grace(Duration.ofMillis(300))
                .listener(new Told())
                .onMessage(this::echo)
                .start();
        started.complete(server);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void itTakesApartAndPutsTogetherTheVectorsOfThePage() throws Exception {
        Process test = python("test_vectors.py");
        assertThat(test.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(test.exitValue()).isZero();
    }

    @Test
    void itBeatsTalksAndLeaves() throws Exception {
        Process peer = peer();
        try (BufferedReader says = peer.inputReader(StandardCharsets.UTF_8);
                BufferedWriter hears = peer.outputWriter(StandardCharsets.UTF_8)) {
            assertThat(told.take()).isEqualTo("py is online");
            assertThat(says.readLine()).isEqualTo("registered epoch " + node().epoch());
            for (String message : new String[] {"hello", "", LARGE, "Grüße"}) {
                hears.write(message + "\n");
                hears.flush();
                assertThat(next(says, "message")).isEqualTo("message " + message);
            }
            assertThat(next(says, "rtt")).matches("rtt \\d+\\.\\d{3} ms");
            while (node().rtt() == null) {
                Thread.sleep(10);
            }
            assertThat(node().rtt()).isBetween(Duration.ofNanos(1000), Duration.ofSeconds(3));

            hears.close();
            assertThat(told.take()).isEqualTo("py is offline: UNREGISTERED");
            assertThat(next(says, "closed")).isEqualTo("closed left");
            assertThat(peer.waitFor()).isZero();
        } finally {
            peer.destroyForcibly();
        }
    }

    @Test
    void itGoesWhenItIsTold() throws Exception {
        Process peer = peer();
        try (BufferedReader says = peer.inputReader(StandardCharsets.UTF_8)) {
            assertThat(told.take()).isEqualTo("py is online");
            assertThat(server.kick("py", "enough")).isTrue();
            assertThat(told.take()).isEqualTo("py is offline: KICKED");
            assertThat(next(says, "go-away")).isEqualTo("go-away 3 enough");
            assertThat(peer.waitFor()).isZero();
        } finally {
            peer.destroyForcibly();
        }
    }

    @Test
    void itSaysWhatItTakes() throws Exception {
        Process peer = peer();
        try {
            assertThat(told.take()).isEqualTo("py is online");
            assertThat(server.trySend("py", ByteBuffer.allocate((1 << 20) + 1))).isEqualTo(SendResult.TOO_LARGE);
            assertThat(server.trySend("py", ByteBuffer.allocate(1 << 20))).isEqualTo(SendResult.ACCEPTED);
            Channel channel = server.openChannel("py", "any", ChannelOptions.defaults(), new ChannelListener() {});
            assertThatThrownBy(channel.opened()::join).hasMessageContaining("the other side allows 0 channels");
        } finally {
            peer.destroyForcibly();
        }
    }

    @Test
    void itWaitsWhereThereIsNoRoomForIt() throws Exception {
        try (HeartbeatServer full = HeartbeatServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .maxNodes(1)
                        .listener(new Told())
                        .start();
                HeartbeatClient first = HeartbeatClient.builder()
                        .server("127.0.0.1", full.localAddress().getPort())
                        .nodeId("first")
                        .connect()) {
            first.registered().join();
            assertThat(told.take()).isEqualTo("first is online");
            Process peer = python(
                    "hbp2.py", "127.0.0.1", String.valueOf(full.localAddress().getPort()), "py");
            try (BufferedReader says = peer.inputReader(StandardCharsets.UTF_8)) {
                assertThat(next(says, "error")).startsWith("error 29 ");
                assertThat(next(says, "closed")).isEqualTo("closed error 29");
                assertThat(peer.isAlive()).as("it comes back later").isTrue();
                assertThat(full.nodes().find("py")).isEmpty();
            } finally {
                peer.destroyForcibly();
            }
        }
    }

    @Test
    void itShowsItsTokenAndTheNextInTime(@TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "first\n");
        try (HeartbeatServer strict = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .authenticator(applicant -> {
                    String shown = new String(applicant.credential(), StandardCharsets.UTF_8);
                    told.add("shown " + shown);
                    return CompletableFuture.completedFuture(
                            Grant.to("py").validFor(Duration.ofMillis(shown.equals("first") ? 700 : 60_000)));
                })
                .start()) {
            Process peer = python(
                    Map.of("HBP_TOKEN_FILE", token.toString()),
                    "hbp2.py",
                    "127.0.0.1",
                    String.valueOf(strict.localAddress().getPort()),
                    "py");
            try (BufferedReader says = peer.inputReader(StandardCharsets.UTF_8)) {
                assertThat(told.take()).isEqualTo("shown first");
                Files.writeString(token, "second\n");
                assertThat(told.take()).isEqualTo("shown second");
                assertThat(next(says, "renewed")).isEqualTo("renewed");
                assertThat(strict.nodes().find("py").orElseThrow().principal()).isEqualTo("py");
            } finally {
                peer.destroyForcibly();
            }
        }
    }

    @Test
    void itIsMissedWhenItIsKilled() throws Exception {
        Process peer = peer();
        assertThat(told.take()).isEqualTo("py is online");
        peer.destroyForcibly();
        assertThat(told.take()).isEqualTo("py is suspect: LOST");
        assertThat(told.take()).isEqualTo("py is offline: CLOSED");
    }

    private void echo(Node from, ByteBuffer message) {
        assertThat(started.join().trySend(from.id(), message)).isEqualTo(SendResult.ACCEPTED);
    }

    private Node node() {
        return server.nodes().find("py").orElseThrow();
    }

    private Process peer() throws IOException {
        return python(
                "hbp2.py", "127.0.0.1", String.valueOf(server.localAddress().getPort()), "py");
    }

    private static Process python(String script, String... arguments) throws IOException {
        return python(Map.of(), script, arguments);
    }

    private static Process python(Map<String, String> environment, String script, String... arguments)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder("python3", Path.of("python", script).toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().putAll(environment);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment().put("PYTHONUTF8", "1");
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static boolean isPythonThere() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "--version")
                            .redirectErrorStream(true)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** The next line of this kind. */
    private static String next(BufferedReader says, String kind) throws IOException {
        String line = says.readLine();
        while (line != null && !line.startsWith(kind)) {
            line = says.readLine();
        }
        return line;
    }

    private final class Told implements NodeListener {
        @Override
        public void onOnline(Node node) {
            told.add(node.id() + " is online");
        }

        @Override
        public void onSuspect(Node node, SuspectReason reason) {
            told.add(node.id() + " is suspect: " + reason);
        }

        @Override
        public void onOffline(Node node, OfflineReason reason) {
            told.add(node.id() + " is offline: " + reason);
        }
    }
}
