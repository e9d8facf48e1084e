package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.admin.HeartbeatAdmin;
import dev.heartbeat.credentials.SharedTokens;
import dev.heartbeat.histograms.HdrRecorders;
import dev.heartbeat.jfr.ServerRecording;
import dev.heartbeat.jwt.JsonWebTokens;
import dev.heartbeat.micrometer.HeartbeatServerMetrics;
import dev.heartbeat.netty.NettyTransportProvider;
import dev.heartbeat.nio.NioTransportProvider;
import dev.heartbeat.sealed.Sealer;
import dev.heartbeat.tasks.TaskScheduler;
import dev.heartbeat.testkit.Simulation;
import dev.heartbeat.tls.ServerTls;
import dev.heartbeat.tls.openssl.OpenSslEngineProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The public API of each published module is what its file says, so that no change of it goes
 * unseen.
 */
@Tag("once")
final class ApiFilesTest {
    private static final Path FILES = Path.of("..", "api");
    private static final String REWRITE =
            "mvn -pl heartbeat-cli -am test -Dtest=ApiFilesTest -Dsurefire.failIfNoSpecifiedTests=false"
                    + " -Dapi.update=true";

    private record Module(String name, Class<?> witness, List<String> packages) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Module> modules() {
        return Stream.of(
                new Module(
                        "heartbeat-core",
                        HeartbeatServer.class,
                        List.of("dev.heartbeat", "dev.heartbeat.auth", "dev.heartbeat.option", "dev.heartbeat.spi")),
                new Module("heartbeat-nio", NioTransportProvider.class, List.of("dev.heartbeat.nio")),
                new Module("heartbeat-netty", NettyTransportProvider.class, List.of("dev.heartbeat.netty")),
                new Module("heartbeat-tls", ServerTls.class, List.of("dev.heartbeat.tls", "dev.heartbeat.tls.spi")),
                new Module("heartbeat-tls-openssl", OpenSslEngineProvider.class, List.of("dev.heartbeat.tls.openssl")),
                new Module("heartbeat-auth", SharedTokens.class, List.of("dev.heartbeat.credentials")),
                new Module("heartbeat-jwt", JsonWebTokens.class, List.of("dev.heartbeat.jwt")),
                new Module("heartbeat-sealed", Sealer.class, List.of("dev.heartbeat.sealed")),
                new Module("heartbeat-admin", HeartbeatAdmin.class, List.of("dev.heartbeat.admin")),
                new Module("heartbeat-tasks", TaskScheduler.class, List.of("dev.heartbeat.tasks")),
                new Module("heartbeat-micrometer", HeartbeatServerMetrics.class, List.of("dev.heartbeat.micrometer")),
                new Module("heartbeat-jfr", ServerRecording.class, List.of("dev.heartbeat.jfr")),
                new Module("heartbeat-histograms", HdrRecorders.class, List.of("dev.heartbeat.histograms")),
                new Module(
                        "heartbeat-testkit",
                        Simulation.class,
                        List.of(
                                "dev.heartbeat.testkit",
                                "dev.heartbeat.testkit.fleet",
                                "dev.heartbeat.testkit.contract")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("modules")
    void fileSaysWhatTheCodeOffers(Module module) throws IOException {
        String offered = PublicApi.of(module.witness(), module.packages());
        Path file = FILES.resolve(module.name() + ".txt");
        if (Boolean.getBoolean("api.update")) {
            Files.createDirectories(FILES);
            Files.writeString(file, offered);
        }

        assertThat(Files.exists(file) ? Files.readAllLines(file) : List.of())
                .as("api/%s, which this command writes anew: %s", file.getFileName(), REWRITE)
                .isEqualTo(offered.lines().toList());
    }

    @Test
    void noTwoTypesOfAnApplicationShareAName() throws IOException {
        Set<String> names = new HashSet<>();
        for (Module module : modules().limit(9).toList()) {
            PublicApi.types(module.witness(), module.packages()).stream()
                    .map(Class::getSimpleName)
                    .filter(name -> !name.equals("Builder"))
                    .forEach(name -> assertThat(names.add(name))
                            .as("%s is there once", name)
                            .isTrue());
        }
    }
}
