package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ExitCode;

/** Options of a server and a client come from flags, the environment, a file, and the defaults. */
@Timeout(60)
@Tag("once")
final class ConfigurationTest {
    private static final String SECRET = "k7Jx0pVb2mQ9sTtWcY4rLnAe";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Path file(String... lines) throws IOException {
        Path next = Files.write(folder.resolve("next"), List.of(lines));
        return Files.move(next, folder.resolve("heartbeat.properties"), StandardCopyOption.REPLACE_EXISTING);
    }

    private int run(String... arguments) {
        return Main.commandLine(environment)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    /** The effective configuration; the options begin with what the test gives. */
    private String printed(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "--print-config"));
        arguments.addAll(Arrays.asList(more));
        assertThat(run(arguments.toArray(String[]::new))).as("%s", err).isZero();
        return out.toString();
    }

    @Test
    void flagsGoBeforeTheEnvironmentThatBeforeTheFileThatBeforeDefaults() throws IOException {
        Path file = file("port = 1001", "timeout = 6s", "max-nodes = 77", "quiet = true", "takeover = refuse");
        environment.putAll(
                Map.of("HEARTBEAT_PORT", "1002", "HEARTBEAT_TIMEOUT", "9s", "HEARTBEAT_CONFIG", file.toString()));

        assertThat(printed("server", "--port=1003"))
                .startsWith("# from flags\nport = 1003\n\n# from environment\ntimeout = 9s\n\n# from " + file + "\n")
                .containsSubsequence("# from " + file, "max-nodes = 77", "# from defaults")
                .containsSubsequence("# from " + file, "takeover = refuse", "# from defaults")
                .containsSubsequence("# from " + file, "quiet = true", "# from defaults")
                .containsSubsequence("# from defaults", "# host = 0.0.0.0")
                .containsSubsequence("# from defaults", "# interval = 3s")
                .containsSubsequence("# from defaults", "# suspect = 7.5s")
                .containsSubsequence("# from defaults", "# measure-heap = false");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void clientsHaveTheSame() throws IOException {
        environment.put("HEARTBEAT_METADATA", "zone=a, rack=b=c");
        environment.put("HEARTBEAT_NO_RECONNECT", "true");
        Path file = file("node-id = one", "connect-timeout = 2s");

        assertThat(printed("client", "--config=" + file))
                .contains("metadata = zone=a, rack=b=c\n", "no-reconnect = true\n", "node-id = one\n")
                .contains("connect-timeout = 2s\n", "# port = 9501\n", "# count = 1\n");
    }

    /** What is printed can be read again. */
    @Test
    void thePrintedConfigurationIsAFileOfIt() throws IOException {
        environment.put("HEARTBEAT_NODE_ID_PREFIX", "a\\b");
        environment.put("HEARTBEAT_METADATA", "zone=\u00e4\u202e,x=y");
        String first = printed("client", "--node-id=one", "--port=7");
        environment.clear();
        out.getBuffer().setLength(0);

        String second = printed("client", "--config=" + file(first));

        assertThat(second).contains("metadata = zone=\\u00e4\\u202e, x=y\n", "node-id-prefix = a\\\\b\n", "port = 7\n");
    }

    @Test
    void aVariableSwitchesOffWhatTheFileSwitchesOn() throws IOException {
        environment.put("HEARTBEAT_QUIET", "false");

        assertThat(printed("server", "--config=" + file("quiet = true")))
                .contains("# from environment\nquiet = false\n");
    }

    /** Of a flag, picocli would make the opposite of a value that it takes for a default. */
    @Test
    void aSwitchOfBothSidesStaysOn() throws IOException {
        environment.put("HEARTBEAT_QUIET", "true");

        assertThat(printed("server", "--quiet", "--config=" + file("quiet = true")))
                .contains("# from flags\nquiet = true\n");
    }

    @Test
    void anEmptyVariableIsNotSet() {
        environment.put("HEARTBEAT_PORT", "");

        assertThat(printed("server")).contains("# port = 9501\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "prot = 1         | unknown option prot; did you mean port?",
                "Port = 1         | unknown option Port; did you mean port?",
                "metdata = a=b    | unknown option metdata; did you mean ",
                "config = x       | unknown option config; did you mean ",
                "print-config = x | unknown option print-config; did you mean ",
                "member = true    | unknown option member; did you mean ",
                "help = true      | unknown option help; did you mean ",
                "port = 1\\nport = 2 | sets port twice, allowed is once",
                "port             | has a line without a value, allowed is 'name = value'",
                "port = \\\\u12   | has a \\u that four hexadecimal digits do not follow",
                "port = 70000     | --port is 70000, allowed is 0 to 65535 (--port comes from ",
                "port = abc       | '--port': 'abc' is not an int (--port comes from ",
                "quiet = yes      | --quiet is yes, allowed is true or false (--quiet comes from ",
                "timeout = 0s     | --timeout is 0ms, allowed ",
                "tls-client-ca = x | --tls-client-ca needs --tls-cert and --tls-key (--tls-client-ca comes from ",
            })
    void aBadFileIsOneLineBeforeThePortOpens(String text, String said) throws IOException {
        Path file = file(text.replace("\\n", "\n").replace("\\\\", "\\"));

        assertThat(run("server", "--config=" + file)).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("heartbeat server: ")
                .contains(said.strip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "HEARTBEAT_PORT=70000      | --port is 70000, allowed is 0 to 65535 (--port comes from HEARTBEAT_PORT)",
                "HEARTBEAT_QUIET=1         | --quiet is 1, allowed is true or false (--quiet comes from HEARTBEAT_QUIET)",
                "HEARTBEAT_TOKEN_FILE=/no/such | --token-file: /no/such does not exist (--token-file comes from HEARTBEAT_TOKEN_FILE)",
                "HEARTBEAT_CONFIG=/no/such | --config is /no/such, which cannot be read: no such file or folder",
            })
    void aBadVariableIsOneLineBeforeThePortOpens(String variable, String said) {
        environment.put(variable.split("=", 2)[0], variable.split("=", 2)[1].strip());

        assertThat(run("server")).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("heartbeat server: ")
                .contains(said.strip());
    }

    @ParameterizedTest
    @CsvSource({"server,--prot=1,--port", "server,--max-node=1,--max-nodes", "client,--nodeid=1,--node-id"})
    void anUnknownFlagHasTheNearestName(String command, String flag, String meant) {
        assertThat(run(command, flag)).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString().lines()).singleElement().asString().contains(flag, "did you mean " + meant + "?");
    }

    @Test
    void anUnknownVariableIsOneWarningWithoutItsValue() throws Exception {
        environment.put("HEARTBEAT_PROT", SECRET);
        environment.put("HEARTBEAT_port", SECRET);
        environment.put("HEARTBEAT_TOKEN", SECRET);
        addVariablesOfOthers();
        try (CommandProcess server = logged("server", "--print-config")) {
            assertThat(server.rest()).contains("# port = 9501").noneMatch(line -> line.contains(SECRET));
            assertThat(server.awaitStatus()).isZero();
            assertThat(server.errors()).doesNotContain(SECRET);
            assertThat(server.errors().lines())
                    .hasSize(3)
                    .allMatch(line -> line.contains("WARN"))
                    .anyMatch(line -> line.contains("HEARTBEAT_PROT in the environment is no option, and is ignored;"
                            + " did you mean HEARTBEAT_PORT?"))
                    .anyMatch(line -> line.contains("HEARTBEAT_port in"))
                    .anyMatch(line -> line.contains("HEARTBEAT_TOKEN in"));
        }
    }

    private CommandProcess logged(String... arguments) throws IOException {
        return new CommandProcess(
                CommandProcess.command(arguments).options(CommandProcess.logging("info")), environment);
    }

    /** Kubernetes sets most of these, for services of the names heartbeat and heartbeat-server. */
    private void addVariablesOfOthers() {
        for (String service : List.of("HEARTBEAT", "HEARTBEAT_SERVER")) {
            environment.putAll(Map.of(
                    service + "_SERVICE_HOST", "10.0.0.1",
                    service + "_SERVICE_PORT", "9501",
                    service + "_SERVICE_PORT_BUS", "9501",
                    service + "_PORT", "tcp://10.0.0.1:9501",
                    service + "_PORT_9501_TCP", "tcp://10.0.0.1:9501",
                    service + "_PORT_9501_TCP_PROTO", "tcp",
                    service + "_PORT_9501_TCP_PORT", "9501",
                    service + "_PORT_9501_TCP_ADDR", "10.0.0.1"));
        }
        environment.put("HEARTBEAT_JAVA_OPTS", "-Xmx1g");
        environment.put("HEARTBEAT_NODE_ID", "of the client");
        environment.put("HEARTBEATS", "7");
    }

    @Test
    void serviceLinksAreNoOptions() {
        addVariablesOfOthers();

        assertThat(printed("server")).contains("# port = 9501\n");
    }

    @Test
    void noSecretIsPrinted() throws IOException {
        Path tokens = Files.setPosixFilePermissions(
                Files.writeString(folder.resolve("tokens"), "site-3 " + SECRET),
                PosixFilePermissions.fromString("rw-------"));
        environment.put("HEARTBEAT_TOKEN_FILE", tokens.toString());
        environment.put("HEARTBEAT_PROCESS_JAVA_OPTS", "-Xmx64m -Djavax.net.ssl.keyStorePassword=" + SECRET);

        assertThat(printed("server"))
                .contains("token-file = " + tokens + "\n")
                .contains("process-java-opts = -Xmx64m -Djavax.net.ssl.keyStorePassword=***\n")
                .doesNotContain(SECRET);
    }

    /** A file of secrets in place of one of options. */
    @ParameterizedTest
    @ValueSource(strings = {SECRET, "site-3 " + SECRET, SECRET + "=", "-----BEGIN PRIVATE KEY-----\n" + SECRET})
    void aWrongFileIsNotShown(String content) throws IOException {
        assertThat(run("server", "--config=" + file(content))).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString()).contains("--config is ").doesNotContain(SECRET);
    }

    @Test
    void theFileIsReadAgainAllOrNothing() throws Exception {
        String fixed = "port = 0\nhost = 127.0.0.1";
        Path file = file(fixed, "drain = 1s");
        try (CommandProcess server = logged("server", "--config=" + file)) {
            int port = (int) server.next("listening").number("port");
            file(fixed, "drain = 2s", "stats-every = 50ms");
            // Without the signal: it is looked at every second.
            server.next("stats");
            await(server, "INFO", "drain is 2s, was 1s; stats-every is 50ms, was the default");

            file(fixed, "drain = never", "stats-every = 60ms");
            hangUp(server);
            await(server, "WARN", "'never' is not a duration", "what was read before stays");
            file(fixed, "drain = 2s", "deny-from = 127.0.0.0/8", "max-nodes = 5", "ack-every = 2");
            hangUp(server);
            await(server, "WARN", "--ack-every, --max-nodes cannot change while the command runs");
            file(fixed, "drain = 2s", "deny-from = 127.0.0.0/8", "max-connections = 0");
            hangUp(server);
            await(server, "WARN", "--max-connections is 0, allowed is 1 to 100000000");
            file(fixed, "drain = 2s", "deny-from = 127.0.0.1/8");
            hangUp(server);
            await(server, "WARN", "'127.0.0.1/8' has bits beyond its prefix, allowed is 127.0.0.0/8");
            assertThat(isKept(port)).as("nothing of a bad file is in force").isTrue();
            file(fixed, "drain = 2s", "stats-every = 70ms", "deny-from = 127.0.0.0/8");
            hangUp(server);
            await(server, "INFO", "in force: deny-from is 127.0.0.0/8, was the default; stats-every is 70ms, was 50ms");
            assertThat(isKept(port)).isFalse();

            server.terminate();
            assertThat(server.awaitStatus()).isZero();
            assertThat(server.errors().lines().filter(line -> line.contains("WARN") && line.contains("Reload")))
                    .hasSize(4);
            assertThat(server.errors().lines().filter(line -> line.contains("has changed and is in force")))
                    .hasSize(2);
        }
    }

    /** Whether a PING, which nobody needs to register for, is answered. */
    private static boolean isKept(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(HexFormat.of().parseHex("ab0204000000000000000000"));
            return socket.getInputStream().read() >= 0;
        } catch (SocketException e) {
            return false; // Reset, as it may be.
        }
    }

    private static void hangUp(CommandProcess server) throws Exception {
        String pid = String.valueOf(server.process().pid());
        assertThat(new ProcessBuilder("kill", "-HUP", pid).start().waitFor()).isZero();
    }

    private static void await(CommandProcess server, String... words) throws IOException {
        while (server.errors().lines().noneMatch(line -> Arrays.stream(words).allMatch(line::contains))) {
            server.next("stats");
        }
    }
}
