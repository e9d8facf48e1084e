package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of deploy/ before the tools that they are for. A tool that is not installed is skipped; all of
 * them are packages of Debian.
 */
@Tag("once")
final class DeployToolsTest {
    @TempDir
    private Path folder;

    // ---- files alone

    @Test
    void alertsAndRecordingsAreWhatTheirTestsSay() throws Exception {
        String promtool = tool("promtool", "prometheus");
        assertThat(run(
                        promtool,
                        "check",
                        "config",
                        Deployed.FOLDER.resolve("prometheus/prometheus.yml").toString()))
                .contains("SUCCESS");
        assertThat(run(
                        promtool,
                        "test",
                        "rules",
                        Deployed.FOLDER
                                .resolve("prometheus/heartbeat-rules.test.yml")
                                .toString()))
                .contains("SUCCESS");
    }

    @Test
    void haproxyTakesItsFile() throws Exception {
        assertThat(run(
                        tool("haproxy", "haproxy"),
                        "-c",
                        "-f",
                        Deployed.FOLDER.resolve("haproxy/haproxy.cfg").toString()))
                .contains("valid");
    }

    @Test
    void nginxTakesItsFile() throws Exception {
        String nginx = tool("nginx", "nginx and libnginx-mod-stream");
        Path module = Path.of("/usr/share/nginx/modules-available/mod-stream.conf");
        assumeTrue(Files.exists(module), "libnginx-mod-stream is not installed");
        Path whole = Files.writeString(
                folder.resolve("nginx.conf"),
                "pid " + folder.resolve("pid") + ";\nerror_log stderr;\ninclude " + module + ";\nevents {}\ninclude "
                        + Deployed.FOLDER.toRealPath().resolve("nginx/heartbeat-stream.conf") + ";\n");

        assertThat(run(nginx, "-t", "-c", whole.toString())).contains("successful");
    }

    @Test
    void logrotateTakesItsFile() throws Exception {
        assertThat(run(
                        tool("logrotate", "logrotate"),
                        "-d",
                        "-s",
                        folder.resolve("state").toString(),
                        Deployed.FOLDER.resolve("logrotate/heartbeat-bus").toString()))
                .contains("rotating pattern")
                .doesNotContain("error:");
    }

    @Test
    void systemdTakesItsUnits() throws Exception {
        String analyze = tool("systemd-analyze", "systemd");
        // It looks whether the programs of a unit are there.
        for (String name : List.of("heartbeat-bus.service", "heartbeat-bus@.service")) {
            Files.writeString(
                    folder.resolve(name), Deployed.text("systemd/" + name).replace("/usr/bin/heartbeat", "/bin/true"));
        }
        String said = run(
                analyze,
                "verify",
                "--man=no",
                folder.resolve("heartbeat-bus.service").toString(),
                folder.resolve("heartbeat-bus@.service").toString());

        assertThat(said.lines().filter(line -> line.contains("heartbeat"))).isEmpty();
    }

    // ---- with a server

    @Test
    void prometheusScrapesAServer() throws Exception {
        String prometheus = tool("prometheus", "prometheus");
        try (CommandProcess server = new CommandProcess("server", "--host=127.0.0.1", "--port=0", "--probes=0")) {
            long probes = server.next("listening").integer("probesPort");
            Path own = Files.createDirectories(folder.resolve("etc"));
            try (Stream<Path> files = Files.list(Deployed.FOLDER.resolve("prometheus"))) {
                for (Path file : files.toList()) {
                    Files.writeString(
                            own.resolve(file.getFileName()),
                            Files.readString(file)
                                    .replace("server:9502", "127.0.0.1:" + probes)
                                    .replace("_interval: 15s", "_interval: 1s"));
                }
            }
            int port = FreePort.find();
            try (Tool running = new Tool(
                    prometheus,
                    "--config.file=" + own.resolve("prometheus.yml"),
                    "--storage.tsdb.path=" + folder.resolve("data"),
                    "--web.listen-address=127.0.0.1:" + port)) {
                String query = "http://127.0.0.1:" + port + "/api/v1/query?query=job:heartbeat_nodes:sum";

                running.await(() -> get(query).contains("\"state\":\"online\""));
            }
        }
    }

    @Test
    void supervisordStartsAndStopsAServer() throws Exception {
        String supervisord = tool("supervisord", "supervisor");
        Path script = folder.resolve("heartbeat");
        Files.writeString(
                script,
                "#!/bin/sh\nexec " + quoted(CommandProcess.command().process().command()) + " \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path options = Files.writeString(folder.resolve("server.properties"), "host = 127.0.0.1\nport = 0\n");
        Path log = folder.resolve("server.log");
        Path whole = folder.resolve("supervisord.conf");
        Files.writeString(
                whole,
                "[supervisord]\nnodaemon = true\nlogfile = " + folder.resolve("d.log") + "\npidfile = "
                        + folder.resolve("d.pid") + "\n"
                        + Deployed.text("supervisor/heartbeat-bus.conf")
                                .replace("user = heartbeat-bus\n", "")
                                .replace("/usr/bin/heartbeat", script.toString())
                                .replace("/etc/heartbeat-bus/server.properties", options.toString())
                                .replace("/var/log/heartbeat-bus/", folder + "/"));
        try (Tool running = new Tool(supervisord, "-c", whole.toString())) {
            running.await(() -> Files.exists(log) && Files.readString(log).contains("\"event\":\"listening\""));
            running.terminate();

            assertThat(Files.readString(log)).contains("\"event\":\"stopped\"");
        }
    }

    private static String quoted(List<String> command) {
        return "'" + String.join("' '", command) + "'";
    }

    private static String get(String address) throws InterruptedException {
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return ""; // It does not listen yet.
        }
    }

    // ---- tools

    /** A tool that runs until the test is over. */
    private final class Tool implements AutoCloseable {
        private final Process process;
        private final Path said;

        Tool(String... command) throws IOException {
            said = Files.createTempFile(folder, "said", "");
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        }

        void await(Callable<Boolean> condition) throws Exception {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!condition.call()) {
                assertThat(process.isAlive() && System.nanoTime() < end)
                        .as(Files.readString(said))
                        .isTrue();
                Thread.sleep(50);
            }
        }

        void terminate() throws Exception {
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** The program, if it is installed. */
    private static String tool(String program, String packages) {
        Optional<Path> found = Arrays.stream((System.getenv("PATH") + ":/usr/sbin").split(File.pathSeparator, -1))
                .map(each -> Path.of(each, program))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), program + " is not installed (Debian: " + packages + ")");
        return found.orElseThrow().toString();
    }

    /** What the program prints; it must succeed. */
    private String run(String... command) throws IOException, InterruptedException {
        Path said = Files.createTempFile(folder, "said", "");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
        return Files.readString(said);
    }
}
