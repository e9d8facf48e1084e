package dev.heartbeat.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Refuses a value that an option cannot have in one line: the option, the value, and what is
 * allowed.
 */
final class Allowed {
    /** Lines of numbers that came faster would be all that a command does. */
    private static final Duration MOST_OFTEN = Duration.ofMillis(10);

    private Allowed() {}

    static void range(CommandLine command, String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw new ParameterException(command, option + " is " + value + ", allowed is " + min + " to " + max);
        }
    }

    static void range(CommandLine command, String option, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new ParameterException(
                    command,
                    option + " is " + DurationConverter.format(value) + ", allowed is " + DurationConverter.format(min)
                            + " to " + DurationConverter.format(max));
        }
    }

    /** Checks an option that sets how often numbers are reported, if at all. */
    static void often(CommandLine command, String option, @Nullable Duration value) {
        if (value != null) {
            range(command, option, value, MOST_OFTEN, Duration.ofDays(1));
        }
    }
}
