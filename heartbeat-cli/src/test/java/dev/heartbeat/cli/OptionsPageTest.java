package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page of options says what the code does. */
@Tag("once")
final class OptionsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "OPTIONS.md");

    @Test
    void thePageIsWhatTheCodeSays() throws IOException {
        StringWriter out = new StringWriter();
        int status = Main.commandLine().setOut(new PrintWriter(out)).execute("options");

        assertThat(status).isZero();
        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
                .as("docs/OPTIONS.md; write it anew by: ./heartbeat options > docs/OPTIONS.md")
                .isEqualTo(out.toString());
    }
}
