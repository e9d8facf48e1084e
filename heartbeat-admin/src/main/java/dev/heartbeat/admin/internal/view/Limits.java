package dev.heartbeat.admin.internal.view;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Networks;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.admin.internal.http.Problem;
import dev.heartbeat.option.Option;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The options of a server that can change while it runs. Numbers and booleans are those of JSON, a
 * time is as ISO 8601 has it ({@code PT5S}), and networks are one text with commas.
 */
public final class Limits {
    private final HeartbeatServer server;

    public Limits(HeartbeatServer server) {
        this.server = server;
    }

    /** {@return each limit with its value, as JSON} */
    public Map<String, Object> shown() {
        ServerOptions options = server.options();
        Map<String, Object> limits = new TreeMap<>();
        for (Option<ServerOptions, ?> option : ServerOptions.descriptions()) {
            if (option.isChangeable()) {
                limits.put(option.name(), shown(option.get(options)));
            }
        }
        return limits;
    }

    private static @Nullable Object shown(@Nullable Object value) {
        return value instanceof Number || value instanceof Boolean || value == null ? value : value.toString();
    }

    /** Sets all limits that are given, or none. */
    public Map<String, Object> change(Map<String, Object> given) throws Problem {
        ServerOptions.Builder builder = server.options().toBuilder();
        for (Map.Entry<String, Object> each : given.entrySet()) {
            set(option(each.getKey()), each.getValue(), builder);
        }
        try {
            server.reconfigure(builder.build());
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
        return shown();
    }

    private Option<ServerOptions, ?> option(String name) throws Problem {
        for (Option<ServerOptions, ?> option : ServerOptions.descriptions()) {
            if (option.name().equals(name) && option.isChangeable()) {
                return option;
            }
        }
        throw Problem.badRequest("no such limit; known are " + String.join(", ", shown().keySet()));
    }

    private static <T> void set(Option<ServerOptions, T> option, @Nullable Object given, ServerOptions.Builder builder)
            throws Problem {
        Object value = null;
        try {
            value = typed(option.type(), given);
        } catch (IllegalArgumentException | DateTimeParseException | ArithmeticException e) {
            // Said below.
        }
        if (value == null) {
            throw Problem.badRequest(option.name() + " is to be of type "
                    + option.type().getSimpleName().toLowerCase(Locale.ROOT));
        }
        option.set(builder, option.type().cast(value));
    }

    private static @Nullable Object typed(Class<?> type, @Nullable Object given) {
        if (given instanceof Number number && !(given instanceof Float)) {
            if (type == Double.class) {
                return number.doubleValue();
            }
            boolean isWhole = number instanceof Integer || number instanceof Long;
            return !isWhole
                    ? null
                    : type == Integer.class
                            ? (Object) Math.toIntExact(number.longValue())
                            : type == Long.class ? (Object) number.longValue() : null;
        }
        if (given instanceof String text) {
            return type == Duration.class
                    ? Duration.parse(text)
                    : type == Networks.class ? Networks.parse(text) : type == String.class ? text : null;
        }
        return type == Boolean.class && given instanceof Boolean ? given : null;
    }
}
