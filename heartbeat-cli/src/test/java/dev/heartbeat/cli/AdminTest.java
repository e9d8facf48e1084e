package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page and the probes of the command line's server. */
@Tag("once")
final class AdminTest {
    @TempDir
    private Path folder;

    @Test
    void aServerShowsItselfToWhoeverHasTheToken() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "a token of an administrator\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        try (CommandProcess server = new CommandProcess(
                "server", "--host=127.0.0.1", "--port=0", "--admin=0", "--admin-token-file=" + token, "--probes=0")) {
            EventLine listening = server.next("listening");
            String admin = "http://127.0.0.1:" + listening.integer("adminPort");
            String probes = "http://127.0.0.1:" + listening.integer("probesPort");
            assertThat(get(probes + "/health/ready", "").statusCode()).isEqualTo(200);
            assertThat(get(probes + "/metrics", "").body()).contains("heartbeat_nodes");
            assertThat(get(admin + "/", "").body()).contains("<title>Heartbeat</title>");
            assertThat(get(admin + "/api/stats", "").statusCode()).isEqualTo(401);
            assertThat(get(admin + "/api/stats", "a token of an administrator").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aServerThatStopsIsNotReadyAtOnceAndHurriesAtASecondSignal() throws Exception {
        try (CommandProcess server =
                new CommandProcess("server", "--host=127.0.0.1", "--port=0", "--probes=0", "--drain-delay=50s")) {
            String ready = "http://127.0.0.1:" + server.next("listening").integer("probesPort") + "/health/ready";
            server.terminate();
            while (get(ready, "").statusCode() == 200) {
                Thread.sleep(20);
            }
            Thread.sleep(700); // A second signal within half a second counts as the first.
            server.terminate();
            server.next("stopped");
            assertThat(server.awaitStatus()).isZero();
            assertThat(server.errors()).contains("another signal; closing without draining");
        }
    }

    private static HttpResponse<String> get(String address, String token) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address))
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource({
        "--admin-token-file=x, 'need --admin'",
        "--admin-tls-cert=x, 'need --admin'",
        "--admin=0 --admin-tls-cert=x, 'need each other'",
        "--admin=0 --processes=2, 'show one process'",
        "--probes=0 --processes=2, 'show one process'",
        "--admin=0 --admin-host=0.0.0.0, 'needs tls and a token'",
        "--admin=70000, 'allowed is 0 to 65535'",
        "--probes=0 --probes-host=no.such.host.invalid, 'which is unknown'",
        "--admin=0 --admin-token-file=/nonexistent/token, 'does not exist'",
        "--admin=0 --admin-tls-cert=/nonexistent/c --admin-tls-key=/nonexistent/k, '/nonexistent/c does not exist'",
    })
    void badOptionsAreOneLineBeforeAPortOpens(String flags, String said) {
        StringWriter err = new StringWriter();
        String[] arguments = ("server --host=127.0.0.1 --port=0 " + flags).split(" ");
        int status = Main.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
        assertThat(status).isEqualTo(2);
        assertThat(err.toString().lines().findFirst().orElse("")).contains(said);
    }
}
