package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.bench.wire.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every scenario runs to its end, at any speed. A server that misbehaves is reported in a line. */
@Timeout(120)
@Tag("once")
final class LoadTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... options) {
        List<String> arguments = new ArrayList<>(List.of("load"));
        arguments.addAll(List.of(options));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(new String[0]));
    }

    private int run(String line) {
        return run(line.split(" "));
    }

    @Test
    @Tag("long")
    void serversAreComparedSideBySide(@TempDir Path folder) throws IOException {
        assertThat(run("closed", "--connections=20", "--in-flight=2", "--pairs=2", "--seconds=0.2", "--out=" + folder))
                .as(err.toString())
                .isZero();
        for (String server : List.of("Heartbeat on nio", "Netty by hand", "raw nio echo")) {
            assertThat(number(server, 2))
                    .as("%s: heartbeats per second", server)
                    .isPositive();
        }
        assertThat(out.toString()).contains("CPU ÷ raw nio echo");
        assertThat(Files.readString(folder.resolve("closed.md")))
                .contains("commit: ", "host: ", "kernel: ", "JDK: ", "command: `./heartbeat load closed")
                .contains(out.toString().strip());
        assertThat(Files.readString(folder.resolve("closed.json"))).contains("\"answered\"", "\"confidence\"");
        assertThat(folder.resolve("closed-latency.png")).isNotEmptyFile();
        assertThat(folder.resolve("closed-throughput.png")).isNotEmptyFile();
    }

    @Test
    @Tag("long")
    void serversAreComparedOverTls() {
        assertThat(run("connect --connections=20 --pairs=1 --tls=jdk --resume --subjects=heartbeat-nio,nio-echo"))
                .as(err.toString())
                .isZero();
        assertThat(number("Heartbeat on nio, TLS by jdk", 2)).isPositive();
        assertThat(out.toString()).contains("CPU ÷ raw nio echo, TLS by jdk", "CPU ÷ Heartbeat on nio |");
    }

    private double number(String server, int column) {
        String[] cells = out.toString()
                .lines()
                .map(line -> line.split(" *\\| *"))
                .filter(line -> line.length > column && line[1].equals(server))
                .findFirst()
                .orElseThrow(() -> new AssertionError(server + " is not in " + out));
        return Double.parseDouble(cells[column].replace(",", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pipeline --connections=2 --per-write=8",
                "open --connections=20 --rate=1000",
                "open --connections=20 --rate=1000 --garbage=0.2",
                "oneway --connections=20 --rate=1000",
                "connect --connections=50",
                "closed --connections=20 --tls=openssl",
                "pipeline --connections=2 --per-write=8 --tls=jdk",
                "connect --connections=50 --tls=openssl",
                "connect --connections=50 --tls=openssl --resume",
                "idle --connections=50 --tls=openssl",
                "idle --connections=50",
                "restart --connections=50 --tls=openssl",
                "restart --connections=50 --tls=jdk"
            })
    @Tag("long")
    void everyScenarioRuns(String scenario) {
        assertThat(run(scenario + " --pairs=1 --seconds=0.3 --subjects=heartbeat-nio"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("Heartbeat on nio");
    }

    @Test
    @Tag("long")
    void allWhoLoseTheirConnectionAreSuspectAndNobodyIsOffline() {
        assertThat(run("storm --connections=50 --at-once=20 --pairs=1 --subjects=heartbeat-nio"))
                .as(err.toString())
                .isZero();
        String latency = out.toString()
                .lines()
                .filter(line -> line.startsWith("| Heartbeat") && line.contains(" ms |"))
                .findFirst()
                .orElseThrow();
        assertThat(latency).endsWith("| 50 | 0 |");
    }

    @Test
    @Tag("long")
    void soakTellsTheServerOverTime(@TempDir Path folder) {
        // 1 if the machine was too busy for every answer to come in time; the report is written all
        // the same.
        assertThat(run("soak", "--connections=20", "--rate=500", "--seconds=2", "--out=" + folder))
                .as(err.toString())
                .isBetween(0, 1);
        assertThat(out.toString()).contains("| when warm |", "| in the end |", "| 2 s |");
        assertThat(folder.resolve("soak-memory.png")).isNotEmptyFile();
    }

    /** 1 if the machine was too busy for honest nodes; the report is printed all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"", " --tls=jdk"})
    @Tag("long")
    void attacksOfAllKindsAreBorne(String tls) {
        assertThat(run("hostile --honest=100 --dawdlers=20 --deaf=20 --floods=1 --seconds=3 --subjects=heartbeat-nio"
                        + tls))
                .as(err.toString())
                .isBetween(0, 1);
        assertThat(out.toString()).contains("| honest SUSPECT |", "Refused by Heartbeat on nio", "FOREIGN");
    }

    @Test
    @Tag("long")
    void planForeseesLargerFleets(@TempDir Path folder) {
        assertThat(run("plan", "--sizes=50,100", "--intervals=1s,2s", "--seconds=1", "--out=" + folder))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("| 50 |", "| 100 |", "| for each node more |", "| 10,000,000 |");
        assertThat(folder.resolve("plan-memory.png")).isNotEmptyFile();
    }

    @Test
    void aServerThatRunsAlreadyCanBeMeasured() {
        try (HeartbeatServer server =
                HeartbeatServer.builder().host("127.0.0.1").port(0).start()) {
            assertThat(run("closed --connections=5 --pairs=1 --seconds=0.2 --server=127.0.0.1:"
                            + server.localAddress().getPort()))
                    .as(err.toString())
                    .isZero();
        }
    }

    @Test
    void aServerThatIsNotThereIsToldInALine() throws IOException {
        int port = FreePort.find();
        assertThat(run("closed --connections=5 --pairs=1 --seconds=0.2 --server=127.0.0.1:" + port))
                .isEqualTo(1);
        assertFailure("cannot connect to 127.0.0.1:" + port + ": Connection refused");
    }

    @Test
    void aServerThatAnswersNothingIsToldInALine() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            assertThat(run("closed --connections=5 --pairs=1 --seconds=0.2 --server=127.0.0.1:"
                            + silent.getLocalPort()))
                    .isEqualTo(1);
            assertFailure("no answer within 5 s to 5 registrations");
        }
    }

    @Test
    void aServerThatAnswersNoHeartbeatIsToldInALine() throws IOException {
        try (ServerSocket listener = registering(false)) {
            assertThat(run("closed --connections=1 --pairs=1 --seconds=0.2 --server=127.0.0.1:"
                            + listener.getLocalPort()))
                    .isEqualTo(1);
            assertFailure("no answer within 5 s to heartbeats");
        }
    }

    @Test
    void aServerThatDiesInTheRunIsToldInALine() throws IOException {
        try (ServerSocket listener = registering(true)) {
            assertThat(run("closed --connections=1 --pairs=1 --seconds=0.2 --server=127.0.0.1:"
                            + listener.getLocalPort()))
                    .isEqualTo(1);
            assertFailure("the server has closed connection 1");
        }
    }

    /**
     * Takes one connection, registers its node, and does nothing more; or dies with the first
     * heartbeat.
     */
    private static ServerSocket registering(boolean dies) throws IOException {
        ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            try (Socket socket = listener.accept()) {
                InputStream in = socket.getInputStream();
                in.readNBytes(Frames.HEADER_BYTES);
                in.readNBytes(Frames.ID_LENGTH_AT);
                in.readNBytes(in.read());
                socket.getOutputStream()
                        .write(Frames.frame(Frames.REGISTERED, 52).array());
                in.readNBytes(Frames.BEAT_BYTES);
                if (!dies) {
                    in.readAllBytes();
                }
            } catch (IOException e) {
                // The load has gone.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return listener;
    }

    private void assertFailure(String what) {
        assertThat(out.toString()).isEmpty();
        List<String> lines = Arrays.stream(err.toString().split("\\R"))
                .filter(line -> line.startsWith("heartbeat "))
                .toList();
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).contains(what);
    }

    @Test
    void aJavaThatDoesNotStartIsToldInALine() {
        assertThat(run("closed --pairs=1 --subjects=heartbeat-nio --server-java=-XX:+NoSuchOption"))
                .isEqualTo(1);
        assertFailure("Heartbeat on nio ended");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "closed --connections=0",
                "closed --in-flight=0",
                "closed --in-flight=513",
                "closed --pairs=0",
                "closed --seconds=0",
                "closed --seconds=NaN",
                "closed --subjects=carrier-pigeon",
                "closed --server=nowhere",
                "closed --server=127.0.0.1:70000",
                "closed --server-core=-1",
                "closed --tls=quantum",
                "closed --resume",
                "oneway --tls=jdk",
                "pipeline --per-write=0",
                "open --rate=0",
                "open --rate=0.1",
                "open --garbage=2",
                "oneway --ack-every=1",
                "oneway --connections=1000 --rate=100",
                "connect --at-once=0",
                "storm --at-once=4097",
                "hostile --honest=0",
                "hostile --deaf=-1",
                "hostile --floods=1001",
                "soak --connections=999999999",
                "plan --sizes=0",
                "plan --sizes=10 --intervals=100s"
            })
    void impossibleOptionIsAUsageError(String line) {
        assertThat(run(line)).as(err.toString()).isEqualTo(2);
        assertThat(err.toString().strip()).startsWith("heartbeat load ").hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }
}
