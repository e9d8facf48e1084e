package dev.heartbeat.auth;

import java.util.regex.Pattern;

/**
 * Names by a pattern, in which {@code *} stands for any characters or none. Matching takes no
 * garbage, and at most the length of the name times that of the pattern.
 */
final class NamePattern {
    private static final char ANY = '*';
    private static final int MAX_LENGTH = 128;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:*-]{1,128}");

    private final String text;

    private NamePattern(String text) {
        this.text = text;
    }

    /**
     * @throws IllegalArgumentException if no node id can match it
     */
    static NamePattern ofIds(String text) {
        return plain("node ids", text);
    }

    /**
     * @throws IllegalArgumentException if no channel can have a name that matches it
     */
    static NamePattern ofChannels(String text) {
        return plain("channel names", text);
    }

    /**
     * A group may have any name.
     *
     * @throws IllegalArgumentException if it is empty or too long
     */
    static NamePattern ofGroups(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "pattern of groups is " + text.length() + " characters, allowed is 1 to " + MAX_LENGTH);
        }
        return new NamePattern(text);
    }

    private static NamePattern plain(String of, String text) {
        if (!PLAIN.matcher(text).matches()) {
            throw new IllegalArgumentException("pattern of " + of + " '" + text + "', allowed are 1 to " + MAX_LENGTH
                    + " characters of A-Z a-z 0-9 . _ : - *");
        }
        return new NamePattern(text);
    }

    /**
     * Goes through both from the left. A mismatch goes back to the last {@code *}, which then
     * stands for one character more; an earlier one never needs to be tried again.
     */
    boolean matches(String name) {
        int at = 0;
        int in = 0;
        int lastAny = -1;
        int anyUntil = 0;
        while (in < name.length()) {
            if (at < text.length() && text.charAt(at) == ANY) {
                lastAny = at++;
                anyUntil = in;
            } else if (at < text.length() && text.charAt(at) == name.charAt(in)) {
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
