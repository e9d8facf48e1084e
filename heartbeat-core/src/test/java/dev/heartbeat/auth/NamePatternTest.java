package dev.heartbeat.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A pattern matches as the regular expression does that says the same. */
final class NamePatternTest {

    @Test
    void matchesAsARegularExpressionDoes() {
        Random random = new Random(17);
        int matched = 0;
        for (int i = 0; i < 20_000; i++) {
            String pattern = text(random, "ab*", 1 + random.nextInt(7));
            String id = text(random, "ab", 1 + random.nextInt(9));
            boolean expected = Pattern.matches(pattern.replace("*", ".*"), id);
            assertThat(NamePattern.ofIds(pattern).matches(id))
                    .as("%s matches %s", pattern, id)
                    .isEqualTo(expected);
            matched += expected ? 1 : 0;
        }
        assertThat(matched).isBetween(2_000, 18_000);
    }

    private static String text(Random random, String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
