package dev.heartbeat.admin.internal.view;

import dev.heartbeat.Measure;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes JSON values of the library's statistics, each by the name of its accessor: a new count
 * appears by itself. Durations are microseconds.
 */
final class Values {
    private static final String LIBRARY = "dev.heartbeat.";

    private Values() {}

    static @Nullable Object of(@Nullable Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean || value instanceof String) {
            return value;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof Duration duration) {
            return micros(duration);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> values = new TreeMap<>();
            map.forEach((key, each) -> values.put(String.valueOf(key), of(each)));
            return values;
        }
        if (value instanceof Measure measure) {
            return measure(measure);
        }
        return value.getClass().getName().startsWith(LIBRARY) ? accessors(value) : value.toString();
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    static @Nullable Long microsOrNull(@Nullable Duration duration) {
        return duration == null ? null : micros(duration);
    }

    private static Map<String, Object> measure(Measure measure) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("count", measure.count());
        values.put("meanMicros", micros(measure.mean()));
        values.put("p50Micros", microsOrNull(measure.p50()));
        values.put("p99Micros", microsOrNull(measure.p99()));
        values.put("maxMicros", micros(measure.max()));
        return values;
    }

    static Map<String, Object> accessors(Object group) {
        Map<String, Object> values = new TreeMap<>();
        for (Method method : group.getClass().getMethods()) {
            if (isAccessor(method)) {
                try {
                    Object value = method.invoke(group);
                    values.put(value instanceof Duration ? method.getName() + "Micros" : method.getName(), of(value));
                } catch (IllegalAccessException | InvocationTargetException e) {
                    throw new IllegalStateException("cannot read " + method, e);
                }
            }
        }
        return values;
    }

    private static boolean isAccessor(Method method) {
        return method.getParameterCount() == 0
                && !Modifier.isStatic(method.getModifiers())
                && method.getReturnType() != void.class
                && method.getDeclaringClass() != Object.class
                && !method.getName().equals("toString")
                && !method.getName().equals("hashCode");
    }
}
