package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Networks;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.option.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The limits and lists of a running server are those of a command that was parsed anew. */
@Timeout(60)
@Tag("once")
final class LimitFlagsTest {
    private static final String NETWORKS = "192.0.2.0/24, 2001:db8::/32";

    private static HeartbeatServer server;

    @BeforeAll
    static void start() {
        server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .transport("nio")
                .overloadByHeap(true) // As the command's.
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Option<ServerOptions, ?>> limits() {
        return ServerOptions.descriptions().stream().filter(Option::isChangeable);
    }

    private static ServerCommand parsed(String... flags) {
        CommandLine root = Main.commandLine(Map.of());
        List<String> arguments = new ArrayList<>(List.of("server", "--host=127.0.0.1", "--port=0"));
        arguments.addAll(List.of(flags));
        return (ServerCommand) root.parseArgs(arguments.toArray(String[]::new))
                .subcommand()
                .commandSpec()
                .userObject();
    }

    @ParameterizedTest
    @MethodSource("limits")
    void eachLimitComesAndGoesWithItsFlag(Option<ServerOptions, ?> limit) {
        Object before = limit.get(server.options());

        parsed(OptionNames.of(limit.name()) + "=" + textFor(limit.type())).reconfigure(server);
        assertThat(limit.get(server.options())).isEqualTo(valueFor(limit.type()));

        parsed().reconfigure(server);
        assertThat(limit.get(server.options())).isEqualTo(before);
    }

    private static String textFor(Class<?> type) {
        return type == Networks.class ? NETWORKS : type == Duration.class ? "7s" : "7";
    }

    private static Object valueFor(Class<?> type) {
        return type == Networks.class ? Networks.parse(NETWORKS) : type == Duration.class ? Duration.ofSeconds(7) : 7;
    }

    @Test
    void theLimitsAreTheOptionsThatCanChange() {
        assertThat(ServerFlags.changeable())
                .contains("max-connections", "max-connections-per-address", "allow-from", "deny-from")
                .doesNotContain("port", "max-nodes", "timeout");
    }

    @Test
    void refusedLimitsAreNamedByTheirFlagsAndChangeNothing() {
        ServerOptions before = server.options();

        assertThatThrownBy(() ->
                        parsed("--deny-from=192.0.2.1", "--max-unregistered=0").reconfigure(server))
                .isInstanceOf(ParameterException.class)
                .hasMessage("--max-unregistered is 0, allowed is 1 to 100000000");
        assertThatThrownBy(
                        () -> parsed("--deny-from=192.0.2.1", "--ack-every=3").reconfigure(server))
                .isInstanceOf(ParameterException.class)
                .hasMessage("--ack-every is 3, allowed is 1 while the server runs");
        assertThat(server.options()).isEqualTo(before);
    }
}
