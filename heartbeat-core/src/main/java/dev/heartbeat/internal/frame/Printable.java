package dev.heartbeat.internal.frame;

/**
 * Text from the other side as logs, messages and terminals can show it: a line stays a line, and
 * reads as it is written.
 */
public final class Printable {
    private Printable() {}

    /**
     * {@return the text with {@code \}{@code uXXXX} for each control character, line separator, and
     * format character such as a mark that turns the direction of writing}
     */
    public static String escaped(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return escapedFrom(i, text);
            }
        }
        return text;
    }

    private static String escapedFrom(int first, String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                escaped.append(c);
            } else {
                escaped.append(String.format("\\u%04x", (int) c));
            }
        }
        return escaped.toString();
    }

    /** Halves of a pair are plain: no half is a control or format character by itself. */
    private static boolean isPlain(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
