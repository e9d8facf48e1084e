package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of the distribution, with a Java that prints its arguments. {@code .ci/distribution} runs the real one. */
@Tag("once")
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
    private static final Path LAUNCHER = Path.of("src", "dist", "bin", "heartbeat");
    private static final String JAVA = """
            #!/bin/sh
            if [ "$1" = -version ]; then
                echo "openjdk version \\"${VERSION:-17.0.1}\\" 2021-10-19" >&2
            else
                printf '[%s]' "$@"
            fi
            """;

    @TempDir
    private Path folder;

    private Path home;
    private Path launcher;

    @BeforeEach
    void install() throws IOException {
        home = folder.toRealPath().resolve("a folder with spaces");
        Files.createDirectories(home.resolve("bin"));
        launcher = Files.copy(LAUNCHER, home.resolve("bin/heartbeat"));
        Path bin = Files.createDirectories(folder.resolve("my java/bin"));
        Path java = Files.writeString(bin.resolve("java"), JAVA);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void itFindsItsJarsThroughSymlinks() throws Exception {
        Path other = Files.createDirectories(folder.resolve("usr bin"));
        Path far = Files.createSymbolicLink(other.resolve("far"), launcher);
        Path near = Files.createSymbolicLink(other.resolve("near"), Path.of("far"));

        for (Path script : new Path[] {launcher, far, near}) {
            assertThat(run(script, Map.of()))
                    .contains("[-cp][" + home + "/lib/*]")
                    .endsWith("[dev.heartbeat.cli.Main][server][--node-id=a b]");
        }
    }

    @Test
    void optionsOfJavaComeFromTheEnvironment() throws Exception {
        assertThat(run(launcher, Map.of("JAVA_OPTS", "-Xmx1g -Da=b", "HEARTBEAT_JAVA_OPTS", "-Xmx2g")))
                .contains("[-Xmx1g][-Da=b][-Xmx2g][-cp]");
    }

    @Test
    void anOldJavaIsRefusedInOneLine() throws Exception {
        for (String version : new String[] {"1.8.0_402", "11.0.22"}) {
            assertThat(run(launcher, Map.of("VERSION", version)).lines())
                    .singleElement()
                    .asString()
                    .startsWith("heartbeat: Java 17 or newer is needed")
                    .endsWith("my java/bin/java is older");
        }
    }

    @Test
    void aJavaThatIsNotThereIsOneLine() throws Exception {
        assertThat(run(launcher, Map.of("JAVA_HOME", "/nonexistent")).lines())
                .singleElement()
                .asString()
                .isEqualTo("heartbeat: Java 17 or newer is needed, and /nonexistent/bin/java does not run");
    }

    private String run(Path script, Map<String, String> variables) throws IOException, InterruptedException {
        Path printed = Files.createTempFile(folder, "printed", "");
        ProcessBuilder builder = new ProcessBuilder("sh", script.toString(), "server", "--node-id=a b")
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        builder.environment().keySet().removeAll(Set.of("JAVA_OPTS", "HEARTBEAT_JAVA_OPTS"));
        builder.environment().put("JAVA_HOME", folder.resolve("my java").toString());
        builder.environment().putAll(variables);
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return Files.readString(printed);
    }
}
