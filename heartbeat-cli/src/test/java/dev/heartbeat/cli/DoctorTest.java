package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.cli.doctor.Finding;
import dev.heartbeat.cli.doctor.Finding.Verdict;
import dev.heartbeat.tls.ServerTls;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command {@code doctor}: its lines, its exit status, and its options. */
@Tag("once")
@Timeout(60)
final class DoctorTest {
    @TempDir
    private Path root;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private List<EventLine> checks() {
        return out.toString().lines().map(EventLine::parse).toList();
    }

    private String verdict(String check) {
        return checks().stream()
                .filter(line -> line.text("check").equals(check))
                .map(line -> line.text("verdict"))
                .findAny()
                .orElse("none");
    }

    /** Two files are enough for a fault. */
    private void haveFewFiles() throws Exception {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(root.resolve("proc/self/limits"), "Max open files  1024  1024  files");
    }

    @Test
    void aFaultIsALineOfEachKindAndTheExitStatus1() throws Exception {
        haveFewFiles();

        assertThat(run("doctor", "--root=" + root)).isEqualTo(1);

        assertThat(out.toString().lines())
                .contains("FAIL  files: a process started from here may open 1,024, 10,000 nodes need 10,100")
                .anyMatch(line -> line.startsWith("      each connection is a file; "))
                .anyMatch(line -> line.startsWith("      change: LimitNOFILE=20200 of systemd, "))
                .anyMatch(line -> line.matches("\\d+ well, \\d+ warnings, [1-9]\\d* faults, \\d+ skipped"));
    }

    @Test
    void theNumberOfNodesIsWhatTheLimitsAreMeasuredBy() throws Exception {
        haveFewFiles();
        run("doctor", "--root=" + root, "--nodes=100", "--json");

        assertThat(verdict("files")).isEqualTo("OK");
    }

    @ParameterizedTest
    @CsvSource({"OK, 0", "SKIP, 0", "WARN, 3", "FAIL, 1"})
    void theExitStatusIsThatOfTheWorst(Verdict worst, int status) {
        DoctorReport report = new DoctorReport(new PrintWriter(out), false);
        for (Verdict verdict : Verdict.values()) {
            if (verdict.compareTo(worst) <= 0) {
                report.add(new Finding(verdict, "subject", "seen", "meaning", "change"));
            }
        }

        assertThat(report.end()).isEqualTo(status);
    }

    /** A certificate that ends soon, and that is not for the address. */
    @Test
    void aServerIsCheckedOverTls() throws Exception {
        Path certificate = certificate();
        try (HeartbeatServer server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .transport("nio")
                .heartbeatInterval(Duration.ofMillis(50))
                .layer(ServerTls.builder()
                        .certificate(certificate, root.resolve("server.key"))
                        .build())
                .start()) {
            String at = "127.0.0.1:" + server.localAddress().getPort();
            run("doctor", "--json", "--server=" + at, "--tls-ca=" + certificate, "--tls-server-name=localhost");

            assertThat(verdict("tls")).isEqualTo("WARN");
            assertThat(verdict("register")).isEqualTo("OK");
            assertThat(verdict("heartbeat")).isEqualTo("OK");
            assertThat(out.toString()).contains("TLSv1.3, TLS_AES_", "CN=localhost", " ends in 4 days");

            out.getBuffer().setLength(0);
            assertThat(run("doctor", "--json", "--server=" + at, "--tls")).isEqualTo(1);
            assertThat(verdict("tls")).as("it looks only").isEqualTo("WARN");
            assertThat(verdict("register")).as("the JDK does not trust it").isEqualTo("FAIL");
        }
    }

    private Path certificate() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        Process process = new ProcessBuilder(Arrays.asList(("openssl req -x509 -newkey ec -pkeyopt"
                                + " ec_paramgen_curve:prime256v1 -nodes -days 5 -subj /CN=localhost"
                                + " -addext subjectAltName=DNS:localhost -keyout server.key -out server.crt")
                        .split(" ")))
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("openssl.log").toFile())
                .start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return root.resolve("server.crt");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--nodes=0|--nodes is 0, allowed is 1 to 100000000",
                "--wait=1ms|--wait is 1ms, allowed is 10ms to 10m",
                "--server=9501|--server is 9501, expected is an address and a port like 127.0.0.1:9501",
                "--tls-ca=/no/file|TLS: ",
                "--token-file=/no/file|--token-file: ",
            })
    void aMistakeIsOneLine(String arguments, String says) {
        String[] words = ("doctor " + arguments).split(" ");

        assertThat(run(words)).isEqualTo(2);

        assertThat(err.toString().lines()).singleElement().asString().contains(says);
        assertThat(out.toString()).as("no check began").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"[::1]:9501, ::1, 9501", "::1:9501, ::1, 9501", "bus.example:1, bus.example, 1"})
    void anAddressMayBeInBrackets(String text, String host, int port) {
        assertThat(HostAndPort.parse(Main.commandLine(), "--server", text)).isEqualTo(new HostAndPort(host, port));
    }
}
