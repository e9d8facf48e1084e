package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./heartbeat} on its first run in a checkout, with a Maven that builds nothing. */
@DisabledOnOs(OS.WINDOWS)
final class ScriptTest {
    /** It ends as Maven's console library does, unless it is asked not to. */
    private static final String MAVEN = """
            #!/usr/bin/env bash
            case " $MAVEN_OPTS " in *" -Djansi.noreset=true "*) ;; *) printf '\\033[0m'; printf '\\033[0m' >&2 ;; esac
            echo "built with $MAVEN_OPTS" >&2
            [ "$1" != -B ] || case " $* " in *" -o "*) exit 1 ;; esac
            """;

    @TempDir
    private Path checkout;

    @Test
    void buildPrintsNoEscapeSequence() throws Exception {
        Path script = Files.copy(Page.ROOT.resolve("heartbeat"), checkout.resolve("heartbeat"));
        Path bin = Files.createDirectories(checkout.resolve("bin"));
        Path maven = Files.writeString(bin.resolve("mvn"), MAVEN);
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));

        String printed = run(script, bin);

        assertThat(printed)
                .contains("building heartbeat (first run only)", "built with -Djansi.noreset=true -Dmine=1")
                .doesNotContain("\u001b");
    }

    private String run(Path script, Path bin) throws IOException, InterruptedException {
        Path printed = checkout.resolve("printed");
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), "--version")
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        builder.environment().merge("PATH", bin.toString(), (path, first) -> first + ":" + path);
        builder.environment().put("MAVEN_OPTS", "-Dmine=1");
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return Files.readString(printed);
    }
}
