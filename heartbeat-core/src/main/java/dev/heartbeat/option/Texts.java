package dev.heartbeat.option;

import java.time.Duration;
import java.util.Locale;

/** Values in words. */
final class Texts {
    private static final Duration LONGEST_IN_SECONDS = Duration.ofDays(36_500);
    private static final String[] SIZES = {" bytes", " KiB", " MiB", " GiB", " TiB", " PiB"};

    private Texts() {}

    /** As short as it can be said exactly in ms or s, however long it is. */
    static String exact(Duration duration) {
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

    /** A text in the greatest unit that is exact. */
    static String time(Duration duration) {
        if (duration.isZero() || duration.toNanosPart() != 0) {
            return duration.isZero() ? "0 s" : exact(duration);
        }
        long seconds = duration.toSeconds();
        if (seconds % 86_400 == 0) {
            return seconds == 86_400 ? "1 day" : seconds / 86_400 + " days";
        }
        if (seconds % 3600 == 0) {
            return seconds / 3600 + " h";
        }
        return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
    }

    static String size(Number bytes) {
        long size = bytes.longValue();
        int unit = 0;
        while (size != 0 && size % 1024 == 0 && unit < SIZES.length - 1) {
            size /= 1024;
            unit++;
        }
        if (bytes.longValue() == 1) {
            return "1 byte";
        }
        return size == 0 ? "0" : number(size) + SIZES[unit];
    }

    /** A number in groups of three digits from 10,000 on. */
    static String number(long value) {
        return Math.abs(value) < 10_000 ? Long.toString(value) : String.format(Locale.ROOT, "%,d", value);
    }

    /** A whole number without its fraction. */
    static String number(double value) {
        return value == (long) value ? number((long) value) : Double.toString(value);
    }
}
