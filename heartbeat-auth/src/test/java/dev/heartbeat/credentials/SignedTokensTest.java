package dev.heartbeat.credentials;

import static dev.heartbeat.credentials.TokenFolder.ask;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.auth.Grant;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signed tokens: what is in them, which are refused, and keys that change. */
final class SignedTokensTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final TokenClaims CLAIMS =
            TokenClaims.of("site-3", "gateway-*", START.plusSeconds(60)).attaching("site-3-*");

    /** Made by another implementation of HMAC, of the key and the claims above. */
    private static final String MADE_ELSEWHERE =
            "v1.old.cHJpbmNpcGFsIHNpdGUtMwpub2RlcyBnYXRld2F5LSoKYXR0YWNoaW5nIHNpdGUtMy0qCnVudGlsIDE3NzIzNjY0NjAK"
                    + ".fHDZq3hvsQ1u1YyDJYiOah73Va8brON461U38x3t_Is";

    @TempDir
    private Path temporary;

    private TokenFolder folder;
    private Path file;
    private Instant now = START;
    private long nowNs;
    private SignedTokens tokens;

    @BeforeEach
    void makeKeys() throws IOException {
        folder = new TokenFolder(temporary);
        file = folder.write("keys", "# two", "old " + key(1, 32), "new " + key(2, 64));
        tokens = tokens();
    }

    private SignedTokens tokens() {
        return SignedTokens.of(file, () -> now, () -> nowNs);
    }

    private static String key(int seed, int bytes) {
        byte[] key = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            key[i] = (byte) (31 * i + seed);
        }
        return Base64.getEncoder().encodeToString(key);
    }

    @Test
    void tokenGrantsWhatItSays() {
        for (String key : new String[] {"old", "new"}) {
            String token = tokens.mint(key, CLAIMS);
            Grant grant = ask(tokens, "gateway-1", token);

            assertThat(token).startsWith("v1." + key + ".").hasSizeLessThan(300).isPrintable();
            assertThat(grant.principal()).isEqualTo("site-3");
            assertThat(grant.mayAttach("site-3-7")).isTrue();
            assertThat(grant.mayAttach("gateway-2")).isFalse();
            assertThat(ask(tokens, "other", token).isNone()).isTrue();
        }
    }

    @Test
    void grantExpiresWithItsToken() {
        String token = tokens.mint("old", CLAIMS);
        assertThat(ask(tokens, "gateway-1", token).validity()).isEqualTo(Duration.ofSeconds(60));
        now = START.plusSeconds(60).minusNanos(1);
        assertThat(ask(tokens, "gateway-1", token).validity()).isEqualTo(Duration.ofMillis(1));
        String endless = tokens.mint("old", TokenClaims.of("site-3", "gateway-*", Instant.MAX));
        assertThat(ask(tokens, "gateway-1", endless).validity()).isEqualTo(Duration.ofDays(3650));
    }

    @Test
    void formIsTheDescribedOne() {
        assertThat(tokens.mint("old", CLAIMS)).isEqualTo(MADE_ELSEWHERE);
        assertThat(ask(tokens, "gateway-1", MADE_ELSEWHERE).principal()).isEqualTo("site-3");
    }

    @Test
    void tokenHoldsFromItsBeginningUntilItExpires() {
        String token = tokens.mint("new", CLAIMS.notBefore(START.plusSeconds(10)));
        assertThat(ask(tokens, "gateway-1", token).isNone()).as("too early").isTrue();
        now = START.plusSeconds(10);
        assertThat(ask(tokens, "gateway-1", token).isNone()).isFalse();
        now = START.plusSeconds(60).minusNanos(1);
        assertThat(ask(tokens, "gateway-1", token).isNone()).isFalse();
        now = START.plusSeconds(60);
        assertThat(ask(tokens, "gateway-1", token).isNone()).as("expired").isTrue();
    }

    @Test
    void noChangeOfATokenIsAccepted() {
        String token = tokens.mint("new", CLAIMS);
        for (int i = 0; i < token.length(); i++) {
            for (char other : new char[] {'A', 'b', '.', '=', ' ', '\n', '\u00e9'}) {
                if (token.charAt(i) != other) {
                    String changed = token.substring(0, i) + other + token.substring(i + 1);
                    assertThat(ask(tokens, "gateway-1", changed).isNone())
                            .as(changed)
                            .isTrue();
                }
            }
            assertThat(ask(tokens, "gateway-1", token.substring(0, i)).isNone()).isTrue();
        }
        assertThat(ask(tokens, "gateway-1", token + "A").isNone()).isTrue();
        assertThat(ask(tokens, "gateway-1", token + "\n").isNone()).isTrue();
        assertThat(ask(tokens, "gateway-1", "A".repeat(4097)).isNone()).isTrue();
        assertThat(ask(tokens, "gateway-1", null).isNone()).isTrue();
        assertThat(ask(tokens, "gateway-1", token).isNone()).isFalse();
    }

    /** The base64 of a MAC has two bits at its end that say nothing. */
    @Test
    void macHasOneForm() {
        String token = tokens.mint("new", CLAIMS);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        long accepted = alphabet.chars()
                .mapToObj(last -> token.substring(0, token.length() - 1) + (char) last)
                .filter(changed -> !ask(tokens, "gateway-1", changed).isNone())
                .count();
        assertThat(accepted).isEqualTo(1);
    }

    @Test
    void keyThatIsRemovedMakesItsTokensWorthless() throws IOException {
        String old = tokens.mint("old", CLAIMS);
        folder.write("keys", "new " + key(2, 64), "newer " + key(3, 32));
        nowNs += TimeUnit.SECONDS.toNanos(1);

        assertThat(ask(tokens, "gateway-1", old).isNone()).isTrue();
        assertThat(ask(tokens, "gateway-1", tokens.mint("newer", CLAIMS)).principal())
                .isEqualTo("site-3");
        assertThatThrownBy(() -> tokens.mint("old", CLAIMS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("keyId is old, and " + file + " has new, newer");
    }

    /** It stands in for keys that are not known, and everybody knows it. */
    @Test
    void tokenOfAnUnknownKeyIsRefusedWhateverSignedIt() {
        String signed = SignedToken.toSign("unknown", CLAIMS);
        String token = signed + "." + new SigningKey(new byte[32]).mac(signed);
        assertThat(SignedToken.read(token).claims()).isEqualTo(CLAIMS);
        assertThat(ask(tokens, "gateway-1", token).isNone()).isTrue();
    }

    @Test
    void payloadOfAnotherFormIsRefusedThoughItIsSigned() {
        SigningKey key = new SigningKey(Base64.getDecoder().decode(key(2, 64)));
        String good = CLAIMS.payload();
        String[] payloads = {
            "",
            good + "more 1\n",
            good.stripTrailing(),
            good.replace("until", "from"),
            good.replaceFirst("until \\d+", "until 9999999999999999999"),
            good.replaceFirst("until \\d+", "until -x"),
            good.replace("gateway-*", "gate way"),
            good.replace("principal site-3\n", ""),
        };
        for (String payload : payloads) {
            String signed = "v1.new." + Base64.getUrlEncoder().withoutPadding().encodeToString(payload.getBytes(UTF_8));
            assertThat(ask(tokens, "gateway-1", signed + "." + key.mac(signed)).isNone())
                    .as(payload)
                    .isTrue();
        }
    }

    @Test
    void readTokenShowsWhatItSaysButNoMac() {
        String text = tokens.mint("new", CLAIMS.notBefore(START));
        SignedToken token = SignedToken.read(text);

        assertThat(token.keyId()).isEqualTo("new");
        assertThat(token.claims()).isEqualTo(CLAIMS.notBefore(START));
        assertThat(token.claims())
                .hasToString("site-3 may register gateway-*, attaching [site-3-*], from 2026-03-01T12:00:00Z,"
                        + " until 2026-03-01T12:01:00Z");
        assertThat(token).hasToString("a token of the key new");
        assertThatThrownBy(() -> SignedToken.read("some secret"))
                .hasMessage("the token has 11 characters and is not of the form v1.KEY.PAYLOAD.MAC in at most 4096");
    }

    @Test
    void claimsAreJudgedBeforeTheyAreSigned() {
        Instant end = START.plus(Duration.ofDays(1));
        assertThatThrownBy(() -> TokenClaims.of("", "*", end)).hasMessageContaining("allowed is 1 to 256");
        assertThatThrownBy(() -> TokenClaims.of("a\nb", "*", end)).hasMessageContaining("control character");
        assertThatThrownBy(() -> TokenClaims.of("a", "", end)).hasMessageContaining("allowed are 1 to 128");
        assertThatThrownBy(() -> CLAIMS.attaching("a b")).hasMessageContaining("allowed are 1 to 128");
        TokenClaims large = CLAIMS;
        for (int i = 0; i < 63; i++) {
            large = large.attaching("n".repeat(100) + i);
        }
        TokenClaims tooLarge = large;
        assertThatThrownBy(() -> tokens.mint("new", tooLarge)).hasMessageContaining("bytes, allowed is 4096");
        assertThatThrownBy(() -> tooLarge.attaching("more")).hasMessageContaining("64 patterns at most");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "c | it has 1 word, allowed is 'id key', the key in Base64 and of 32 to 1024 bytes",
                "c secret! | its key is not Base64, allowed is 'id key', the key in Base64 and of 32 to 1024 bytes",
                "c c2VjcmV0 | its key has 6 bytes, allowed is 32 to 1024",
                "c.d c2VjcmV0 | its first word is no id of a key, allowed are 1 to 64 characters of A-Z a-z 0-9 _ -",
            })
    void badLineIsNamedAndItsKeyIsNot(String line, String why) throws IOException {
        folder.write("keys", "old " + key(1, 32), line);
        assertThatThrownBy(this::tokens)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ", line 2: " + why);
    }

    @Test
    void idThatStandsTwiceIsNamed() throws IOException {
        folder.write("keys", "old " + key(1, 32), "old " + key(2, 32));
        assertThatThrownBy(this::tokens)
                .hasMessage(file + ", line 2: its id is that of a line before, allowed is one line for each id");
    }

    @Test
    void textNamesTheFileAlone() {
        assertThat(tokens).hasToString("tokens signed with the keys of " + file);
    }
}
