package dev.heartbeat.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Durations as people write them: {@code 500ms}, {@code 2.5s}, {@code 30s}, {@code 5m}, {@code 1h}.
 */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms",
            Duration.ofMillis(1),
            "s",
            Duration.ofSeconds(1),
            "m",
            Duration.ofMinutes(1),
            "h",
            Duration.ofHours(1));

    @Override
    public Duration convert(String value) {
        Matcher matcher = FORM.matcher(value);
        Duration unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new TypeConversionException("'" + value + "' is not a duration such as 500ms, 2.5s, 30s, 5m or 1h");
        }
        return Duration.ofNanos(new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(unit.toNanos()))
                .longValue());
    }

    /** The shortest of these forms. */
    static String format(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return plain(duration.toNanos(), Duration.ofMillis(1)) + "ms";
        }
        if (duration.toSecondsPart() != 0 || duration.toNanosPart() != 0) {
            return plain(duration.toNanos(), Duration.ofSeconds(1)) + "s";
        }
        return duration.toMinutesPart() != 0 ? duration.toMinutes() + "m" : duration.toHours() + "h";
    }

    private static String plain(long nanos, Duration unit) {
        BigDecimal number = BigDecimal.valueOf(nanos).divide(BigDecimal.valueOf(unit.toNanos()));
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
