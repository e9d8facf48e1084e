package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PauseTest {
    private Process process;

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder("sleep", "60").start();
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    @Test
    void holdsAProcessStillUntilItIsClosed() throws IOException {
        try (Pause pause = Pause.of(process.pid())) {
            assertThat(state()).isEqualTo("T");
        }
        assertThat(state()).isEqualTo("S");
    }

    @Test
    void closesMoreThanOnce() throws IOException {
        Pause pause = Pause.of(process.pid());
        pause.close();
        pause.close();
        assertThat(state()).isEqualTo("S");
    }

    private String state() throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "state=", "-p", String.valueOf(process.pid())).start();
        return new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).substring(0, 1);
    }
}
