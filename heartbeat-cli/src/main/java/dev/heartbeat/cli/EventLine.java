package dev.heartbeat.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of a command's output: a JSON object that says when, what, and the details. The time is
 * in milliseconds since 1970 with three decimals, which a double holds exactly, so that any JSON
 * library can compute with it. An epoch is text, because it is larger than what a double
 * distinguishes from the next.
 */
final class EventLine {
    private static final int MICRO_DIGITS = 3;

    private final Map<String, Object> fields;

    private EventLine(Map<String, Object> fields) {
        this.fields = fields;
    }

    /** A line about what happens right now. */
    static EventLine now(String event) {
        return at(Instant.now(), event);
    }

    static EventLine at(Instant time, String event) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
        return new EventLine(new LinkedHashMap<>())
                .with("time", BigDecimal.valueOf(micros, MICRO_DIGITS))
                .with("event", event);
    }

    /**
     * Reads a line back; what is not an event line is an {@link IllegalArgumentException} that
     * quotes it.
     */
    static EventLine parse(String line) {
        Map<String, Object> fields;
        try {
            fields = JSON.std.mapFrom(line);
        } catch (IOException e) {
            throw new IllegalArgumentException("not an event line: " + line, e);
        }
        if (!(fields.get("time") instanceof Number) || !(fields.get("event") instanceof String)) {
            throw new IllegalArgumentException("not an event line: " + line);
        }
        return new EventLine(fields);
    }

    /** Adds a field, or nothing where there is no value. */
    EventLine with(String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
        return this;
    }

    /** Adds the epoch of a registration. */
    EventLine withEpoch(long epoch) {
        return with("epoch", Long.toString(epoch));
    }

    /** The epoch; 0 where there is none. */
    long epoch() {
        String digits = text("epoch");
        return digits.isEmpty() ? 0 : Long.parseLong(digits);
    }

    Instant time() {
        return Instant.EPOCH.plus(Math.round(number("time") * 1000), ChronoUnit.MICROS);
    }

    String event() {
        return text("event");
    }

    /** The text of a field; empty where there is none. */
    String text(String name) {
        return fields.get(name) instanceof String text ? text : "";
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    /** The number of a field; 0 where there is none. */
    double number(String name) {
        return fields.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    /** The number of a field that has no fraction; 0 where there is none. */
    long integer(String name) {
        return fields.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** All its fields, in their order. */
    Map<String, Object> fields() {
        return Collections.unmodifiableMap(fields);
    }

    @Override
    public String toString() {
        try {
            return JSON.std.asString(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
