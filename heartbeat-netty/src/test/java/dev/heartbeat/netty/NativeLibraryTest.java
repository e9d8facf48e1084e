package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatException;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import dev.heartbeat.testkit.process.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Processes without Netty's native library. Each is a process of its own, because the library loads
 * once.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
final class NativeLibraryTest {

    private static final String OFF = "-Dio.netty.transport.noNative=true";

    @Test
    void withoutItJavaNioIsUsedAndTheLogSaysSoOnce() throws Exception {
        List<String> output = output(command().options(OFF), "start", "netty");
        assertThat(output).hasSize(3).startsWith("available true").endsWith("started netty-nio");
        assertThat(output.get(1)).contains("epoll cannot run here, using java.nio: ", OFF);
    }

    @Test
    void transportAskedForByNameIsRefusedWithTheReason() throws Exception {
        assertThat(output(command().options(OFF), "start", "netty-epoll"))
                .containsExactly(
                        "available false",
                        "refused netty-epoll cannot run here: Native transport was explicit disabled with " + OFF);
        assertThat(output(command().options(OFF), "start", "netty-io_uring"))
                .containsExactly(
                        "available false",
                        "refused netty-io_uring cannot run here: Native transport was explicit disabled with " + OFF);
        assertThat(output(command().options(OFF), "serve", "netty-epoll"))
                .singleElement()
                .asString()
                .startsWith("refused cannot start the transport netty-epoll: netty-epoll cannot run here: ");
    }

    @Test
    void withoutTheClassesOfIoUringAllElseWorks() throws Exception {
        assertThat(outputWithout("io_uring", "start", "netty-io_uring"))
                .containsExactly(
                        "available false",
                        "refused netty-io_uring cannot run here: netty-transport-classes-io_uring is not on the class path");
        assertThat(outputWithout("io_uring", "start", "netty"))
                .containsExactly("available true", "started netty-epoll");
    }

    @Test
    void withoutTheNativeLibraryInAJarTheReasonIsIt() throws Exception {
        assertThat(outputWithout("native-io_uring", "start", "netty-io_uring"))
                .last()
                .asString()
                .startsWith("refused netty-io_uring cannot run here: ")
                .contains("netty_transport_native_io_uring");
    }

    /** The process, which ends by itself once its transports are closed. */
    public static void main(String[] args) {
        for (String name : Arrays.copyOfRange(args, 1, args.length)) {
            try {
                if (args[0].equals("serve")) {
                    HeartbeatServer.builder().port(0).transport(name).start().close();
                    continue;
                }
                TransportProvider provider = TransportProvider.named(name);
                System.out.println("available " + provider.isAvailable());
                try (var transport = provider.create(TransportOptions.defaults())) {
                    System.out.println("started " + transport.name());
                }
            } catch (IllegalStateException | HeartbeatException e) {
                System.out.println("refused " + e.getMessage());
            }
        }
    }

    private static List<String> outputWithout(String jar, String... args) throws Exception {
        String path = Arrays.stream(System.getProperty("java.class.path").split(System.getProperty("path.separator")))
                .filter(entry -> !entry.contains(jar))
                .collect(Collectors.joining(System.getProperty("path.separator")));
        return output(command().classPath(path), args);
    }

    private static JavaCommand command() {
        return JavaCommand.of(NativeLibraryTest.class)
                .options("-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.logFile=System.err");
    }

    private static List<String> output(JavaCommand command, String... args) throws Exception {
        Process process =
                command.arguments(args).process().redirectErrorStream(true).start();
        List<String> lines = lines(process);
        assertThat(process.waitFor()).isZero();
        return lines;
    }

    private static List<String> lines(Process process) throws IOException {
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            return reader.lines().toList();
        }
    }
}
