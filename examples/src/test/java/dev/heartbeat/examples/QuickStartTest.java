package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The first programs anybody tries, run as anybody runs them: two processes, started in whichever
 * order.
 */
@Timeout(30)
final class QuickStartTest {

    @Test
    void theServerHearsOfTheClientAndFromIt() throws Exception {
        String port = freePort();
        Process client = Programs.start(QuickStartClient.class, port);
        Process server = Programs.start(QuickStartServer.class, port);
        try (BufferedReader told = server.inputReader(StandardCharsets.UTF_8);
                BufferedReader said = client.inputReader(StandardCharsets.UTF_8)) {
            assertThat(told.readLine()).isEqualTo("sensor-42 is online");
            assertThat(told.readLine()).isEqualTo("sensor-42 says hello");
            assertThat(said.readLine()).isEqualTo("registered, beats every PT10S");
        } finally {
            client.destroyForcibly();
            server.destroyForcibly();
        }
    }

    @Test
    void theServerHearsOfEachNodeBehindAGateway() throws Exception {
        String port = freePort();
        Process gateway = Programs.start(Gateway.class, port);
        Process server = Programs.start(QuickStartServer.class, port);
        try (BufferedReader told = server.inputReader(StandardCharsets.UTF_8);
                BufferedReader said = gateway.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines(told, 7))
                    .containsExactlyInAnyOrder(
                            "gateway-1 is online",
                            "sensor-1 is online",
                            "sensor-2 is online",
                            "sensor-3 is online",
                            "sensor-1 says hello",
                            "sensor-2 says hello",
                            "sensor-3 says hello");
            assertThat(lines(said, 3))
                    .containsExactlyInAnyOrder(
                            "sensor-1 is registered", "sensor-2 is registered", "sensor-3 is registered");
        } finally {
            gateway.destroyForcibly();
            server.destroyForcibly();
        }
    }

    private static List<String> lines(BufferedReader from, int count) throws IOException {
        List<String> lines = new ArrayList<>();
        while (lines.size() < count) {
            lines.add(from.readLine());
        }
        return lines;
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return String.valueOf(socket.getLocalPort());
        }
    }
}
