package dev.heartbeat.cli.doctor;

import java.time.Duration;
import java.util.Locale;

/** Numbers in writing. */
final class Amount {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Amount() {}

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String bytes(long bytes) {
        int unit = 0;
        double left = (double) bytes;
        while (left >= 1024 && unit < UNITS.length - 1) {
            left /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, left < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", left, UNITS[unit]);
    }

    static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.1f ms", (double) time.toNanos() / 1e6);
    }
}
