package dev.heartbeat.cli;

import java.util.regex.Pattern;

/** Values without the secrets that people put where none belong, such as properties of a JVM. */
final class Redacted {
    private static final Pattern SECRET =
            Pattern.compile("(?i)([\\w.-]*(?:password|passwd|secret|token|credential|api-?key)[\\w.-]*=)[^\\s,]+");

    private Redacted() {}

    /** {@return the text with {@code ***} after each name that is one of a secret} */
    static String of(String text) {
        return SECRET.matcher(text).replaceAll("$1***");
    }
}
