package dev.heartbeat.cli;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
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

    /** Metadata and texts of the other side must not steer a terminal that shows the line. */
    private static final JSON JSON_LINES = JSON.builder(
                    new JsonFactoryBuilder().characterEscapes(new Escapes()).build())
            .build();

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
            return JSON_LINES.asString(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All control and format characters and separators of lines, of which JSON asks for a part. */
    private static final class Escapes extends CharacterEscapes {
        private static final long serialVersionUID = 1L;
        private static final int DELETE = 0x7f;

        private final int[] ascii = standardAsciiEscapesForJSON();

        Escapes() {
            ascii[DELETE] = ESCAPE_STANDARD;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ascii.clone();
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int character) {
            return switch (Character.getType(character)) {
                case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    new SerializedString(String.format("\\u%04x", character));
                default -> null;
            };
        }
    }
}
