package dev.heartbeat.auth;

import java.util.regex.Pattern;

/**
 * Node ids by a pattern, in which {@code *} stands for any characters or none. Matching takes no
 * garbage, and at most the length of the id times that of the pattern.
 */
final class IdPattern {
    private static final char ANY = '*';
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:*-]{1,128}");

    private final String text;

    private IdPattern(String text) {
        this.text = text;
    }

    /**
     * @throws IllegalArgumentException if no id can match it
     */
    static IdPattern of(String text) {
        if (!ALLOWED.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "pattern of node ids '" + text + "', allowed are 1 to 128 characters of A-Z a-z 0-9 . _ : - *");
        }
        return new IdPattern(text);
    }

    /**
     * Goes through both from the left. A mismatch goes back to the last {@code *}, which then
     * stands for one character more; an earlier one never needs to be tried again.
     */
    boolean matches(String id) {
        int at = 0;
        int in = 0;
        int lastAny = -1;
        int anyUntil = 0;
        while (in < id.length()) {
            if (at < text.length() && text.charAt(at) == ANY) {
                lastAny = at++;
                anyUntil = in;
            } else if (at < text.length() && text.charAt(at) == id.charAt(in)) {
                at++;
                in++;
            } else if (lastAny >= 0) {
                at = lastAny + 1;
                in = ++anyUntil;
            } else {
                return false;
            }
        }
        while (at < text.length() && text.charAt(at) == ANY) {
            at++;
        }
        return at == text.length();
    }

    @Override
    public String toString() {
        return text;
    }
}
