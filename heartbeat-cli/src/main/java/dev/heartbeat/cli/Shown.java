package dev.heartbeat.cli;

import java.util.regex.Pattern;

/** Text that came from outside, as a message can show it. */
final class Shown {
    private static final int LONGEST = 60;
    private static final Pattern NOT_PRINTABLE = Pattern.compile("[^ -~]");

    private Shown() {}

    /** {@return the beginning of it, with a question mark for all that is not printable ASCII} */
    static String of(String text) {
        String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return NOT_PRINTABLE.matcher(shown).replaceAll("?");
    }
}
