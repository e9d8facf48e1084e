package dev.heartbeat.internal.log;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line of the log: a stable name, a level, and a text for people in which each value has a name,
 * such as {@code "listening on {address}"}. docs/MONITORING.md lists them all.
 *
 * <p>Values are arguments of the text. A binding of slf4j that keeps pairs apart gets them as pairs
 * too, and the name as {@code event}; any other gets the text alone, which says the same.
 *
 * <p>Any thread. Nothing is thrown: neither a broken logger nor a value that cannot be printed may
 * stop the bus.
 */
public final class LogEvent {
    private static final Pattern VALUE = Pattern.compile("\\{(\\w+)}");

    private final Class<?> source;
    private final Level level;
    private final String name;
    private final String text;
    private final List<String> keys;

    private LogEvent(Class<?> source, Level level, String name, String text) {
        this.source = source;
        this.level = level;
        this.name = name;
        Matcher values = VALUE.matcher(text);
        this.keys = values.results().map(value -> value.group(1)).toList();
        this.text = values.replaceAll("{}");
    }

    /** One at INFO. */
    public static LogEvent info(Class<?> source, String name, String text) {
        return new LogEvent(source, Level.INFO, name, text);
    }

    /** One at WARN. */
    public static LogEvent warn(Class<?> source, String name, String text) {
        return new LogEvent(source, Level.WARN, name, text);
    }

    /** One at ERROR. */
    public static LogEvent error(Class<?> source, String name, String text) {
        return new LogEvent(source, Level.ERROR, name, text);
    }

    /** Writes a line with these values, in the order of their names in the text. */
    public void log(@Nullable Object... values) {
        write(null, values);
    }

    /** The same, with the stack trace of a cause; false if the logger threw. */
    public boolean logCause(Throwable cause, @Nullable Object... values) {
        return write(cause, values);
    }

    private boolean write(@Nullable Throwable cause, @Nullable Object[] values) {
        try {
            // Looked up for each line: one that is kept from the start of slf4j may be its substitute.
            Logger logger = LoggerFactory.getLogger(source);
            if (logger.isEnabledForLevel(level)) {
                LoggingEventBuilder builder = logger.makeLoggingEventBuilder(level);
                if (Logging.keepsPairs(logger, builder)) {
                    builder = builder.addKeyValue("event", name);
                    for (int i = 0; i < keys.size(); i++) {
                        builder = builder.addKeyValue(keys.get(i), values[i]);
                    }
                }
                builder.setCause(cause).log(text, values);
            }
            return true;
        } catch (Throwable broken) {
            return false; // Nobody else can be notified.
        }
    }
}
