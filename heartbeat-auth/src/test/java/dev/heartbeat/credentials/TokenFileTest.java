package dev.heartbeat.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The token in a file, which is read for each connection. */
final class TokenFileTest {
    @TempDir
    private Path temporary;

    @Test
    void tokenIsReadAnewEachTime() throws IOException {
        TokenFolder folder = new TokenFolder(temporary);
        TokenFile provider = TokenFile.of(folder.write("token", "", "  the first  ", ""));
        assertThat(provider.credential().toCompletableFuture().join()).isEqualTo("the first".getBytes(UTF_8));

        Path file = folder.write("token", "the sécond");
        assertThat(provider.credential().toCompletableFuture().join()).isEqualTo("the sécond".getBytes(UTF_8));

        Files.delete(file);
        assertThat(provider.credential().toCompletableFuture())
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .withMessageContaining(file + " does not exist");
        folder.write("token", "the third");
        assertThat(provider.credential().toCompletableFuture().join()).isEqualTo("the third".getBytes(UTF_8));
        assertThat(provider).hasToString("the token in " + file);
    }

    @Test
    void emptyOrLongFileIsRefusedAtOnce() throws IOException {
        TokenFolder folder = new TokenFolder(temporary);
        Path file = folder.write("token", "  ");
        assertThatThrownBy(() -> TokenFile.of(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + " has a token of 0 bytes, allowed is 1 to 4096");
        folder.write("token", "x".repeat(4097));
        assertThatThrownBy(() -> TokenFile.of(file)).hasMessageContaining("of 4097 bytes, allowed is 1 to 4096");
        folder.write("token", "x".repeat(9000));
        assertThatThrownBy(() -> TokenFile.of(file)).hasMessage(file + " is longer than 8192 bytes");
    }
}
