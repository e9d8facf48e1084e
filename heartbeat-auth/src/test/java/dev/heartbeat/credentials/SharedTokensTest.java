package dev.heartbeat.credentials;

import static dev.heartbeat.credentials.TokenFolder.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.auth.Grant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens of a file: the nodes they let in, a change of the file, and the refusal of bad files. */
final class SharedTokensTest {
    private static final String FIRST = "first-token-of-site-3";
    private static final String SECOND = "second-token-of-site-3";
    private static final String OTHER = "token/of+site=4#and~more";

    private static final String REST =
            " is neither a pattern of node ids, of 1 to 128 characters of A-Z a-z 0-9 . _ : - *, nor opening=,"
                    + " addressing= or joining= with patterns and commas between them, each once";
    private static final String NO_WORD = "its word 3" + REST;

    @TempDir
    private Path temporary;

    private TokenFolder folder;
    private long nowNs;

    @BeforeEach
    void useFolder() {
        folder = new TokenFolder(temporary);
    }

    private SharedTokens tokens(Path file) {
        return SharedTokens.of(file, () -> nowNs);
    }

    private void passASecond() {
        nowNs += TimeUnit.SECONDS.toNanos(1);
    }

    @Test
    void tokenGrantsItsPrincipalAndPatterns() throws IOException {
        SharedTokens tokens = tokens(folder.write(
                "tokens",
                "# of all sites",
                "",
                "site-3 " + FIRST + " site-3-* edge",
                "site-3\t" + SECOND,
                "  site-4   " + OTHER));

        assertThat(ask(tokens, "n1", FIRST).principal()).isEqualTo("site-3");
        assertThat(ask(tokens, "n1", FIRST).mayAttach("site-3-7")).isTrue();
        assertThat(ask(tokens, "n1", FIRST).mayAttach("edge")).isTrue();
        assertThat(ask(tokens, "n1", FIRST).mayAttach("site-4-7")).isFalse();
        assertThat(ask(tokens, "n1", SECOND).principal()).isEqualTo("site-3");
        assertThat(ask(tokens, "n1", SECOND).mayAttach("site-3-7")).isFalse();
        assertThat(ask(tokens, "n1", OTHER).principal()).isEqualTo("site-4");
    }

    @Test
    void limitsNarrowWhatItsNodesMayDo() throws IOException {
        SharedTokens tokens = tokens(folder.write(
                "tokens",
                "site-3 " + FIRST + " opening=log-*,metrics site-3-* addressing=",
                "site-4 " + OTHER + " joining=site-4"));
        Grant third = ask(tokens, "n1", FIRST);
        Grant fourth = ask(tokens, "n1", OTHER);

        assertThat(third.mayAttach("site-3-7")).isTrue();
        assertThat(third.mayOpen("log-1") && third.mayOpen("metrics")).isTrue();
        assertThat(third.mayOpen("bulk")).isFalse();
        assertThat(third.mayAddress("n2")).isFalse();
        assertThat(third.mayJoin("anything")).isTrue();
        assertThat(fourth.mayJoin("site-4")).isTrue();
        assertThat(fourth.mayJoin("site-3")).isFalse();
        assertThat(fourth.mayOpen("bulk") && fourth.mayAddress("n2")).isTrue();
    }

    @Test
    void everythingElseIsRefused() throws IOException {
        SharedTokens tokens = tokens(folder.write("tokens", "site-3 " + FIRST));

        assertThat(ask(tokens, "n1", null).isNone()).isTrue();
        assertThat(ask(tokens, "n1", "").isNone()).isTrue();
        assertThat(ask(tokens, "n1", FIRST + " ").isNone()).isTrue();
        assertThat(ask(tokens, "n1", FIRST.substring(1)).isNone()).isTrue();
        assertThat(ask(tokens, "n1", "site-3").isNone()).isTrue();
    }

    @Test
    void changedFileIsInForceWithinASecond() throws IOException {
        SharedTokens tokens = tokens(folder.write("tokens", "site-3 " + FIRST));
        folder.write("tokens", "site-3 " + SECOND);

        assertThat(ask(tokens, "n1", SECOND).isNone())
                .as("it is looked at once a second")
                .isTrue();
        passASecond();
        assertThat(ask(tokens, "n1", SECOND).principal()).isEqualTo("site-3");
        assertThat(ask(tokens, "n1", FIRST).isNone()).isTrue();
    }

    @Test
    void badFileLeavesTheOldInForceAndIsOneWarning() throws IOException {
        Path file = folder.write("tokens", "site-3 " + FIRST);
        SharedTokens tokens = tokens(file);
        folder.write("tokens", "site-3 " + SECOND, "site-4");
        for (int i = 0; i < 3; i++) {
            passASecond();
            assertThat(ask(tokens, "n1", FIRST).principal()).isEqualTo("site-3");
            assertThat(ask(tokens, "n1", SECOND).isNone()).isTrue();
        }
        assertThat(folder.logged())
                .singleElement()
                .asString()
                .endsWith(file
                        + ", line 2: it has 1 word, allowed is 'principal token' and up to 64 patterns of node ids or limits"
                        + "; what was read before stays in force");

        Files.delete(file);
        for (int i = 0; i < 3; i++) {
            passASecond();
            assertThat(ask(tokens, "n1", FIRST).principal()).isEqualTo("site-3");
        }
        assertThat(folder.logged()).hasSize(2);

        folder.write("tokens", "site-3 " + SECOND);
        passASecond();
        assertThat(ask(tokens, "n1", SECOND).principal()).isEqualTo("site-3");
    }

    @Test
    void fileThatEverybodyMayReadIsOneWarning() throws IOException {
        Path file = folder.write("tokens", "site-3 " + FIRST);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        SharedTokens tokens = tokens(file);
        passASecond();
        ask(tokens, "n1", FIRST);

        assertThat(folder.logged())
                .singleElement()
                .asString()
                .endsWith(file + " holds secrets and can be read by every user of this machine");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "site-3 | it has 1 word, allowed is 'principal token' and up to 64 patterns of node ids or limits",
                "site-3 short-secret | its token has 12 characters, allowed is 16 to 4096",
                "site-3 long-enough-sécret-token | its token has a character that is not allowed, those of ASCII that print are",
                "site-3 first-token-of-site-3 secret/base64+== | " + NO_WORD,
                "site-3 first-token-of-site-3 secret/base64+   | " + NO_WORD,
                "site-3 first-token-of-site-3 openning=secret  | " + NO_WORD,
                "site-3 first-token-of-site-3 opening=,secret  | " + NO_WORD,
                "site-3 first-token-of-site-3 opening=a b=     | its word 4" + REST,
                "site-3 first-token-of-site-3 opening=a opening=secret | its word 4" + REST,
                "site-4 another-secret-token | its token is that of line 1, allowed is one line for each token",
            })
    void badLineIsNamedAndItsTokenIsNot(String line, String why) throws IOException {
        Path file = folder.write("tokens", "site-1 another-secret-token", "# comment", line);

        assertThatThrownBy(() -> tokens(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ", line 3: " + why)
                .message()
                .doesNotContain("secret");
    }

    @Test
    void principalThatIsTooLongIsNamedByItsLength() throws IOException {
        Path file = folder.write("tokens", "p".repeat(257) + " " + FIRST);
        assertThatThrownBy(() -> tokens(file))
                .hasMessage(file + ", line 1: its principal has 257 characters, allowed is 1 to 256");
    }

    @Test
    void lineWithTooManyPatternsIsNamed() throws IOException {
        Path file = folder.write("tokens", "site-3 " + FIRST + " a*".repeat(65));
        assertThatThrownBy(() -> tokens(file)).hasMessageStartingWith(file + ", line 1: it has 67 words, allowed is ");
    }

    @Test
    void fileWithoutTokensIsRefused() throws IOException {
        Path file = folder.write("tokens", "# none yet");
        assertThatThrownBy(() -> tokens(file)).hasMessageStartingWith(file + " has 0 tokens, allowed is 1 to 10000");
    }

    @Test
    void fileThatIsMissingOrNoTextIsNamed() throws IOException {
        Path missing = temporary.resolve("missing");
        assertThatThrownBy(() -> tokens(missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(missing + " does not exist");
        assertThatThrownBy(() -> tokens(temporary)).hasMessageStartingWith(temporary + " cannot be read: ");
        Path binary = Files.write(temporary.resolve("binary"), new byte[] {(byte) 0xff, 0});
        assertThatThrownBy(() -> tokens(binary)).hasMessage(binary + " is not text in UTF-8");
    }

    @Test
    void textNamesTheFileAlone() throws IOException {
        Path file = folder.write("tokens", "site-3 " + FIRST);
        assertThat(tokens(file)).hasToString("the tokens of " + file);
    }
}
