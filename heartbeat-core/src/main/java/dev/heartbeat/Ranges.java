package dev.heartbeat;

import java.time.Duration;
import java.util.Objects;

/** Refuses an option out of its range with a message that names the option, the value and the range. */
final class Ranges {
    /** One DATA frame of full size, header included; docs/PROTOCOL.md, section 7. */
    static final int MIN_WINDOW = 16_396;

    private static final Duration LONGEST_IN_SECONDS = Duration.ofDays(36_500);

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
        if (Objects.requireNonNull(value, option).compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw refusal(option, text(value), text(min), text(max));
        }
    }

    /** A name of the network, or an address. Nothing at all would be taken for this machine. */
    static void checkHost(String option, String value) {
        if (Objects.requireNonNull(value, option).isBlank()) {
            throw new IllegalArgumentException(option + " is '" + value + "', allowed is a host's name or address");
        }
    }

    static void checkKey(String option, String value) {
        if (!Objects.requireNonNull(value, option).matches("[A-Za-z0-9._:-]{1,64}")) {
            throw new IllegalArgumentException(
                    option + " is '" + value + "', allowed are 1 to 64 characters of A-Z a-z 0-9 . _ : -");
        }
    }

    private static IllegalArgumentException refusal(String option, Object value, Object min, Object max) {
        return new IllegalArgumentException(option + " is " + value + ", allowed is " + min + " to " + max);
    }

    /** As short as it can be said exactly, however long it is. */
    static String text(Duration duration) {
        boolean isWholeMillis = duration.toNanosPart() % 1_000_000 == 0;
        if (!isWholeMillis
                || duration.compareTo(LONGEST_IN_SECONDS) > 0
                || duration.compareTo(LONGEST_IN_SECONDS.negated()) < 0) {
            return duration.toString();
        }
        long millis = duration.toMillis();
        if (Math.abs(millis) < 1000) {
            return millis + " ms";
        }
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis / 1000.0 + " s";
    }
}
