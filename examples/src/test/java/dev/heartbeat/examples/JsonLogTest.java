package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logback with the settings of {@code examples/logging}: each line is an object. */
@Timeout(30)
@Tag("once")
final class JsonLogTest {

    @Test
    void eachLineNamesItsEventAndHasItsValues() throws IOException {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        withLogback(),
                        QuickStartServer.class.getName(),
                        "0")
                .start();
        try (BufferedReader log = server.errorReader(StandardCharsets.UTF_8)) {
            String line = log.readLine();
            while (line != null && !line.contains("listening on ")) {
                assertThat(line).startsWith("{").endsWith("}");
                line = log.readLine();
            }
            assertThat(line)
                    .contains("\"level\":\"INFO\"")
                    .contains("\"loggerName\":\"dev.heartbeat.internal.server.Server\"")
                    .containsPattern("\"formattedMessage\":\"listening on [^\"]+ \\([\\w-]+\\)\"")
                    .containsPattern("\"kvpList\": ?\\[\\{\"event\":\"heartbeat\\.server\\.listening\"\\},"
                            + "\\{\"address\":\"[^\"]+\"\\},\\{\"transport\":\"[\\w-]+\"\\}\\]");
        } finally {
            server.destroyForcibly();
        }
    }

    /** The jars of this test, but with another implementation of slf4j. */
    private static String withLogback() {
        Stream<String> jars = Stream.of(
                        System.getProperty("jdk.module.path", ""), System.getProperty("java.class.path", ""))
                .flatMap(path -> Arrays.stream(path.split(File.pathSeparator, -1)))
                .filter(entry -> !entry.isEmpty() && !entry.contains("slf4j-simple"));
        return Stream.concat(Stream.of("logging", Path.of("target", "logback") + File.separator + "*"), jars)
                .collect(Collectors.joining(File.pathSeparator));
    }
}
