package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that sets the limits of the system, on a system whose limits are files. */
@Tag("once")
@EnabledOnOs(OS.LINUX)
final class LimitsScriptTest {
    private static final String SYSCTL = """
            #!/bin/sh
            cd "$(dirname "$0")/limits"
            case $1 in
                -n) cat "$2" ;;
                -q) echo "${3#*=}" >"${3%%=*}" ;;
            esac
            """;

    @TempDir
    private Path folder;

    private Path root;

    @BeforeEach
    void system() throws IOException {
        root = folder.resolve("a root");
        Path limits = Files.createDirectories(folder.resolve("limits"));
        Files.writeString(limits.resolve("fs.file-max"), "9223372036854775807\n");
        Files.writeString(limits.resolve("fs.nr_open"), "1048576\n");
        Files.writeString(limits.resolve("net.core.somaxconn"), "128\n");
        Files.writeString(limits.resolve("net.ipv4.tcp_max_syn_backlog"), "10000\n");
        Path sysctl = Files.writeString(folder.resolve("sysctl"), SYSCTL);
        Files.setPosixFilePermissions(sysctl, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void itShowsBeforeItChangesAndTakesBack() throws Exception {
        assertThat(run("n", "show"))
                .contains("net.core.somaxconn is 128, to be 4096")
                .doesNotContain("nr_open", "syn");
        assertThat(run("n", "apply")).contains("net.core.somaxconn is 128, to be 4096", "change this?");
        assertThat(somaxconn()).isEqualTo("128");
        assertThat(root).doesNotExist();

        run("y", "apply");
        run("y", "apply");
        assertThat(somaxconn()).isEqualTo("4096");
        assertThat(root.resolve("etc/sysctl.d/90-heartbeat-bus.conf")).hasContent("net.core.somaxconn = 4096");
        assertThat(root.resolve("etc/security/limits.d/90-heartbeat-bus.conf"))
                .content()
                .contains("hard nofile");

        assertThat(run("n", "undo")).contains("net.core.somaxconn is 128 again");
        assertThat(somaxconn()).isEqualTo("128");
        assertThat(root.resolve("etc/sysctl.d/90-heartbeat-bus.conf")).doesNotExist();
        assertThat(run("n", "undo")).contains("nothing was applied");
    }

    private String somaxconn() throws IOException {
        return Files.readString(folder.resolve("limits/net.core.somaxconn")).strip();
    }

    private String run(String answer, String command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(
                "sh", Deployed.FOLDER.resolve("sysctl/heartbeat-limits.sh").toString()));
        all.addAll(List.of("--root", root.toString(), command));
        ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        Path answers = Files.writeString(folder.resolve("answers"), answer + "\n");
        Process process = builder.redirectInput(answers.toFile()).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return said;
    }
}
