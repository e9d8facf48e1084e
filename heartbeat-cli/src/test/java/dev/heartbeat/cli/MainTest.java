package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The root command: help, errors and completion. */
class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void helpPrintsTheHelpOfACommand() {
        assertThat(run("server", "--help")).isZero();
        String help = out.toString();
        out.getBuffer().setLength(0);
        assertThat(run("help", "server")).isZero();
        assertThat(out).hasToString(help).asString().contains("--port");
    }

    @Test
    void helpWithoutACommandPrintsThatOfTheRoot() {
        assertThat(run("--help")).isZero();
        String help = out.toString();
        out.getBuffer().setLength(0);
        assertThat(run("help")).isZero();
        assertThat(out).hasToString(help);
    }

    @Test
    void helpOfAnUnknownCommandIsOneError() {
        assertThat(run("help", "sever")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString().lines()).hasSize(1).first().asString().contains("sever");
        assertThat(out.toString()).isEmpty();
    }

    /** Runs in a bash of its own, where there is one, as a user's shell would. */
    @Test
    void completionScriptCompletesCommands(@TempDir Path folder) throws Exception {
        assertThat(run("generate-completion")).isZero();
        Path script = Files.writeString(folder.resolve("completion"), out.toString());
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_WORDS=(heartbeat ser); COMP_CWORD=1; COMP_LINE='heartbeat ser';"
                                + " _complete_heartbeat heartbeat ser heartbeat; echo \"${COMPREPLY[@]}\"")
                .redirectErrorStream(true)
                .start();
        assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                .isEqualTo("server");
    }
}
