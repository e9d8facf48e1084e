package dev.heartbeat.bench.load.report;

import java.util.Locale;

/** Numbers as people read them. */
final class Texts {
    private static final double MEGABYTE = 1e6;

    private Texts() {}

    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    static String count(long number) {
        return format("%,d", number);
    }

    static String percent(double share) {
        return format(share < 0.1 ? "%.2f %%" : "%.0f %%", 100 * share);
    }

    static String milliseconds(double value) {
        return format("%.2f ms", value);
    }

    /** Nothing for 0, which is what is not known. */
    static String megabytes(long bytes) {
        return bytes == 0 ? "" : format("%,.1f MB", bytes / MEGABYTE);
    }
}
