package dev.heartbeat;

import java.time.Duration;

/** Refuses an option out of its range with a message that names the option, the value and the range. */
final class Ranges {
    /** One DATA frame of full size, header included; docs/PROTOCOL.md, section 7. */
    static final int MIN_WINDOW = 16_396;

    private Ranges() {}

    static void check(String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw refusal(option, value, min, max);
        }
    }

    static void check(String option, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw refusal(option, value, min == Double.MIN_VALUE ? "more than 0" : min, max);
        }
    }

    static void check(String option, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw refusal(option, text(value), text(min), text(max));
        }
    }

    static void checkKey(String option, String value) {
        if (!value.matches("[A-Za-z0-9._:-]{1,64}")) {
            throw new IllegalArgumentException(
                    option + " is '" + value + "', allowed are 1 to 64 characters of A-Z a-z 0-9 . _ : -");
        }
    }

    private static IllegalArgumentException refusal(String option, Object value, Object min, Object max) {
        return new IllegalArgumentException(option + " is " + value + ", allowed is " + min + " to " + max);
    }

    private static String text(Duration duration) {
        if (duration.toMillis() < 1000) {
            return duration.toMillis() + " ms";
        }
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() / 1000.0 + " s";
    }
}
